// What people paste, one rule a row. The layouts are those of the programs; the
// values are made up here or from the manuals.

#include <gtest/gtest.h>

#include "import/paste_support.h"

namespace vtprobe::import {
namespace {

class Paste : public testing::TestWithParam<PasteCase> {};

TEST_P(Paste, Becomes) { ExpectPaste(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Bits, Paste,
    testing::Values(PasteCase{"OfARegister",
                              "$ sudo rdmsr 0x1401 -f 11:11\n1\n",
                              "cpu 0\nmsr 0x1401 = 0x800 known 0x800\n",
                              {"only bits 0x800 of MSR 0x1401", "run rdmsr without -f"}},
                    PasteCase{"OfItCompleteEachOther",
                              "# rdmsr -p 2 -f 0:0 0x3a\n1\n# rdmsr -p 2 -f 2:1 0x3a\n2\n",
                              "cpu 2\nmsr 0x3a = 0x5 known 0x7\n",
                              {"only bits 0x7 of MSR 0x3a"}},
                    PasteCase{"AreCompletedByAValue",
                              "# rdmsr -p 2 -f 0:0 0x3a\n1\n# rdmsr -p 2 0x3a\n5\n",
                              "cpu 2\nmsr 0x3a = 0x5\n"},
                    PasteCase{"OfAValueSayNothingNew",
                              "# rdmsr -p 2 0x3a\n5\n# rdmsr -p 2 -f 2:2 0x3a\n1\n",
                              "cpu 2\nmsr 0x3a = 0x5\n"},
                    PasteCase{"ThatContradictAreNamed",
                              "# rdmsr -p 2 -f 0:0 0x3a\n1\n# rdmsr -p 2 0x3a\n4\n",
                              "cpu 2\nmsr 0x3a = 0x1 known 0x1\n",
                              {"MSR 0x3a of CPU 2 in line 4, after line 2"}},
                    PasteCase{"OfAllCpus", "# rdmsr -a -f 18:18 0x3a\n1\n0\n",
                              Unknown("cpu 0\nmsr 0x3a = 0x40000 known 0x40000\ncpu 1\n"
                                      "msr 0x3a = 0x0 known 0x40000\n")}),
    NameOfPaste);

INSTANTIATE_TEST_SUITE_P(
    Layers, Paste,
    testing::Values(
        PasteCase{"Prompts",
                  "root@host:~# rdmsr -p 1 0x3a\n1\n"
                  "[root@host ~]# rdmsr --processor 2 0x3a\n2\n"
                  "user@host:/tmp$ sudo rdmsr --processor=3 0x3a\n3\n"
                  "host% rdmsr -p 4 0x3a\n4\n"
                  "+ rdmsr -p 5 0x3a\n5\n"
                  "rdmsr -p 6 0x3a\n6\n"
                  "# modprobe msr; rdmsr -p 7 0x3a\n7\n"
                  "\xe2\x9e\x9c  ~ sudo rdmsr -p 8 0x3a\n8\n"
                  "\xe2\x9d\xaf doas rdmsr -p 9 0x3a\n9\n"
                  "PS C:\\> rdmsr -p 10 0x3a\na\n"
                  "$ ssh root@host /usr/sbin/rdmsr -p 11 0x3a\nb\n",
                  "cpu 1\nmsr 0x3a = 0x1\ncpu 2\nmsr 0x3a = 0x2\ncpu 3\nmsr 0x3a = 0x3\n"
                  "cpu 4\nmsr 0x3a = 0x4\ncpu 5\nmsr 0x3a = 0x5\ncpu 6\nmsr 0x3a = 0x6\n"
                  "cpu 7\nmsr 0x3a = 0x7\ncpu 8\nmsr 0x3a = 0x8\ncpu 9\nmsr 0x3a = 0x9\n"
                  "cpu 10\nmsr 0x3a = 0xa\ncpu 11\nmsr 0x3a = 0xb\n"},
        PasteCase{"RepliesAndFences",
                  "On Monday somebody wrote:\n> > ```\n> > $ rdmsr -p 1 0x3a\n> > 5\n> > ```\n",
                  "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"TimeStamps",
                  "[2024-07-10 12:00:01] root@h:~# rdmsr -p 1 0x3a\n[2024-07-10 12:00:02] 5\n"
                  "2024-07-10T12:00:03.5Z $ rdmsr -p 2 0x3a\n2024-07-10T12:00:03.6Z 1\n"
                  "Jul 10 12:00:04 host tool[17]: # rdmsr -p 3 0x3a\nJul 10 12:00:04 host "
                  "tool[17]: 7\n",
                  "cpu 1\nmsr 0x3a = 0x5\ncpu 2\nmsr 0x3a = 0x1\ncpu 3\nmsr 0x3a = 0x7\n"},
        PasteCase{"ColoursAndBracketedPaste",
                  "\x1b[?2004h\x1b[01;32mroot@host\x1b[00m:\x1b[01;34m~\x1b[00m# rdmsr -p 1 "
                  "0x3a\r\n\x1b[?2004l\r5\r\n",
                  "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"BlanksThatDoNotBreak",
                  "$\xc2\xa0sudo rdmsr\xc2\xa0-p 1 0x3a\n\xc2\xa0"
                  "5\n",
                  "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"Typography",
                  "The command \xe2\x80\x9crdmsr \xe2\x80\x93p 1 0x3a\xe2\x80\x9d returns "
                  "\xe2\x80\x98"
                  "5\xe2\x80\x99.\n",
                  "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"EscapedByAPage",
                  "&gt; # rdmsr -p 1 0x3a &amp;&amp; rdmsr -p 1 0xfe\n&gt; 5\n&gt; d0a\n",
                  "cpu 1\nmsr 0x3a = 0x5\nmsr 0xfe = 0xd0a\n"},
        PasteCase{"NumberedLines", "1 $ rdmsr -p 1 0x3a\n2 5\n3 $ rdmsr -p 2 0x3a\n4 1\n",
                  "cpu 1\nmsr 0x3a = 0x5\ncpu 2\nmsr 0x3a = 0x1\n"}),
    NameOfPaste);

INSTANTIATE_TEST_SUITE_P(
    Commands, Paste,
    testing::Values(
        PasteCase{
            "Bases",
            "# rdmsr -p 0 -u 0x3a\n65283\n# rdmsr -p 1 -d 0x3a\n-1\n"
            "# rdmsr -p 2 --octal 0x3a\n17\n# rdmsr -p 3 -x0 0x3a\n0000000000000010\n"
            "# rdmsr -p 4 -c 0x3a\n0x10\n# rdmsr -p 5 --unsigned 0x3a\n18446744073709551615\n",
            "cpu 0\nmsr 0x3a = 0xff03\ncpu 1\nmsr 0x3a = 0xffffffffffffffff\n"
            "cpu 2\nmsr 0x3a = 0xf\ncpu 3-4\nmsr 0x3a = 0x10\n"
            "cpu 5\nmsr 0x3a = 0xffffffffffffffff\n"},
        PasteCase{"AddressesAsInC", "# rdmsr 58\n1\n# rdmsr 073\n2\n# rdmsr 0X3C\n3\n",
                  "cpu 0\nmsr 0x3a = 0x1\nmsr 0x3b = 0x2\nmsr 0x3c = 0x3\n"},
        PasteCase{"TwoRegistersOfAllAreOfTheSameCpus",
                  "$ rdmsr -a 0x3a\n5\n5\n5\n$ rdmsr -a 0xfe\nd0a\nd0a\nd0b\n",
                  Unknown("cpu 0-2\nmsr 0x3a = 0x5\ncpu 0-1\nmsr 0xfe = 0xd0a\n"
                          "cpu 2\nmsr 0xfe = 0xd0b\n"),
                  {"does not number its CPUs"}},
        PasteCase{"ListsOfDifferentLengthContradictEachOther",
                  "$ rdmsr -a 0x3a\n5\n5\n5\n$ rdmsr -a 0xfe\nd0a\nd0a\n",
                  Unknown("cpu 0-2\nmsr 0x3a = 0x5\ncpu 0-1\nmsr 0xfe = 0xd0a\n"),
                  {"line 2 begins one of 3, line 6 one of 2"}},
        PasteCase{"ALoopNumbersItsCpus",
                  "# for i in $(seq 0 3); do rdmsr -p $i 0x3a; done\n5\n5\n1\n5\n",
                  "cpu 0-1,3\nmsr 0x3a = 0x5\ncpu 2\nmsr 0x3a = 0x1\n"},
        PasteCase{"LoopsInOtherWords",
                  "$ for c in {4..5}; do sudo rdmsr -p $c 0x3a; done\n5\n1\n"
                  "$ for c in 6 7; do sudo rdmsr -p $c 0x3a; done\n5\n1\n"
                  "$ for ((i=8; i<10; i++)); do sudo rdmsr -p $i 0x3a; done\n5\n1\n"
                  "$ for c in `seq 10 11`; do sudo rdmsr -p $c 0x3a; done\n5\n1\n",
                  "cpu 4,6,8,10\nmsr 0x3a = 0x5\ncpu 5,7,9,11\nmsr 0x3a = 0x1\n"},
        PasteCase{"ALoopOverSeveralLines", "$ for i in 0 1; do rdmsr -p $i 0x3a\n> done\n5\n1\n",
                  "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n"},
        PasteCase{"ALoopOverTwoRegisters",
                  "$ for i in 0 1; do rdmsr -p $i 0x3a; rdmsr -p $i 0xfe; done\n5\nd0a\n1\nd0b\n",
                  "cpu 0\nmsr 0x3a = 0x5\nmsr 0xfe = 0xd0a\ncpu 1\nmsr 0x3a = 0x1\n"
                  "msr 0xfe = 0xd0b\n"},
        PasteCase{"ALoopOfUnknownCpusHasNoNumbers",
                  "$ for i in $(seq 0 $(nproc)); do rdmsr -p $i 0x3a; done\n5\n1\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n")},
        PasteCase{"CountedValues", "# rdmsr -a 0x3a | sort | uniq -c\n      3 5\n      1 1\n",
                  Unknown("cpu 0-2\nmsr 0x3a = 0x5\ncpu 3\nmsr 0x3a = 0x1\n")},
        PasteCase{"TwoOnALine", "$ sudo rdmsr -p 479 0xE8; sudo rdmsr -p 479 0xE7 # both\nf2\n9f\n",
                  "cpu 479\nmsr 0xe7 = 0x9f\nmsr 0xe8 = 0xf2\n"},
        PasteCase{"NumberedByWhatPrintsThem",
                  "`rdmsr -aX 0x2ff0`:\n```\nCPU 0: 20\nCPU 1: 20\nCPU 2: 21\n```\n",
                  "cpu 0-1\nmsr 0x2ff0 = 0x20\ncpu 2\nmsr 0x2ff0 = 0x21\n"},
        PasteCase{"TheAddressRepeated", "$ rdmsr -p 0 0x3a\n0x3a: 5\n", "cpu 0\nmsr 0x3a = 0x5\n"},
        PasteCase{"InASentence", "Here `rdmsr -p 2 0x3a` returns `5`, so it is on.\n",
                  "cpu 2\nmsr 0x3a = 0x5\n"},
        PasteCase{"Esxi", "# vsish -e get /hardware/msr/pcpu/2/addr/0x3a\n0x5\n",
                  "cpu 2\nmsr 0x3a = 0x5\n"},
        PasteCase{"FailuresAnswerToo",
                  "# rdmsr -p 1 0x3a\nrdmsr: CPU 1 cannot read MSR 0x0000003a\n"
                  "# rdmsr -p 2 0x3a\nrdmsr: open: Permission denied\n",
                  "cpu 1\nmsr 0x3a ! general-protection\ncpu 2\nmsr 0x3a ! permission-denied\n"},
        // The terminal may have broken the command: "rdmsr -p 0 0x3a5".
        PasteCase{"ACommandHasOneAnswer", "# rdmsr -p 0 0x3a\n5\n6\n", "error 2:1:"},
        PasteCase{"AnotherCommandsNumbersAreNoReadings",
                  "user@host:~$ nproc\n8\nuser@host:~$ sudo rdmsr -p 0 0x3a\n5\n",
                  "cpu 0\nmsr 0x3a = 0x5\n"},
        PasteCase{"AnotherValueLater",
                  "# rdmsr -p 0 0x3a\n1\n# rdmsr -p 0 0x3a\n5\n",
                  "cpu 0\nmsr 0x3a = 0x1\n",
                  {"1 later reading with another value left out, the first is MSR 0x3a of CPU 0 in "
                   "line 4, after line 2"}},
        PasteCase{"AnotherValueAmidItsOutput",
                  "# rdmsr -0 -p 3 58\n0000000000000005\n"
                  "> [   12.345678] [cpu3] RDMSR( 0x3a ): EAX = 0x00000001, EDX = 0x00000000\n",
                  "cpu 3\nmsr 0x3a = 0x5\n",
                  {"MSR 0x3a of CPU 3 in line 3, after line 2"}},
        PasteCase{"ACounterLater", "# rdmsr -p 0 0xe8\n1\n# rdmsr -p 0 0xe8\n5\n",
                  "cpu 0\nmsr 0xe8 = 0x1\n"},
        PasteCase{"ADuplicatedBlock", "$ rdmsr -a 0x3a\n5\n1\n> $ rdmsr -a 0x3a\n> 5\n> 1\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n")},
        PasteCase{"NumbersWithoutACommandAreNothing", "5\n5\n1\n", "error 0:0:"},
        PasteCase{
            "ALoopOverBits",
            "# for b in 0 1 2; do echo bit $b; rdmsr -f $b:$b 0x3a; done\nbit 0\n1\nbit 1\n0\n",
            "error 1:1: this line looks like evidence"},
        PasteCase{"BehindItsName",
                  "# echo -n \"FEATURE_CONTROL: \"; rdmsr -p 2 0x3a\nFEATURE_CONTROL: 10005\n",
                  "cpu 2\nmsr 0x3a = 0x10005\n"},
        PasteCase{"BehindTheNamesOfTwo",
                  "# printf 'A '; rdmsr -p 2 0x3a; printf B; rdmsr -p2 0xfe\nA 5\nBd0a\n",
                  "cpu 2\nmsr 0x3a = 0x5\nmsr 0xfe = 0xd0a\n"},
        PasteCase{"BehindAnotherName", "# echo -n B; rdmsr -p 2 0x3a\nA 5\n",
                  "error 1:1: rdmsr is run here"},
        PasteCase{"ACommandWithoutOutput",
                  "Hello\n$ clush -w node[01-02] rdmsr -p 0 0x3a\nnode01: 5\nnode02: 1\n",
                  "error 2:1: rdmsr is run here"},
        // What no table understands, and is no prose.
        PasteCase{"ARefusedWriteIsNoReading",
                  "wrmsr: CPU 0 cannot set MSR 0x0000003a to 0x0000000000000005\n",
                  "error 1:1: this line looks like evidence"},
        PasteCase{"ARegisterInAnotherWay", "The MSR register 3Ah = 0000000000000005h here.\n",
                  "error 1:1: this line looks like evidence"},
        PasteCase{"AnUnknownWordOfAKernel", "Hello\n[    1.237660] VMX off in firmware on CPU3\n",
                  "error 2:1: this line looks like evidence"},
        PasteCase{"AnUnknownWordOfXen", "(XEN) [    1.237660] VMX off in firmware on CPU3\n",
                  "error 1:1: this line looks like evidence"},
        PasteCase{"ACommandThatWritesIsNothing", "$ sudo wrmsr -a 0x3a 5\n", "error 0:0:"},
        PasteCase{"APersonsWordIsNothing", "VMX is off in my firmware, MSR 0x3a too.\n",
                  "error 0:0:"},
        PasteCase{"ProseIsNothing", "Please run rdmsr -a 0x3a and tell us what it prints.\n",
                  "error 0:0:"}),
    NameOfPaste);

// Outputs go to the commands in order, and to none if they are not as many.
INSTANTIATE_TEST_SUITE_P(
    SeveralCommands, Paste,
    testing::Values(
        PasteCase{"BrokenByAMail",
                  "> $ sudo rdmsr -p 0 0x3a; sudo rdmsr -p 0 0x48b; sudo rdmsr -p 0 0x480;\n"
                  "> sudo rdmsr -p 0 0x485\n> 5\n> 57cff00000000\n> da040000000004\n> 7004c1e7\n",
                  "cpu 0\nmsr 0x3a = 0x5\nmsr 0x480 = 0xda040000000004\nmsr 0x485 = 0x7004c1e7\n"
                  "msr 0x48b = 0x57cff00000000\n"},
        PasteCase{"BrokenWithinOne",
                  "$ sudo rdmsr -p 1 0x3a && sudo rdmsr -p 1\n0x48b\n5\n57cff00000000\n",
                  "cpu 1\nmsr 0x3a = 0x5\nmsr 0x48b = 0x57cff00000000\n"},
        PasteCase{"WithABackslash", "$ sudo rdmsr -p 1 \\\n  0x3a\n5\n", "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"OneALine", "sudo rdmsr -p 1 0x3a\nsudo rdmsr -p 1 0xfe\n5\nd0a\n",
                  "cpu 1\nmsr 0x3a = 0x5\nmsr 0xfe = 0xd0a\n"},
        PasteCase{"ASemicolonAtTheEnd", "$ sudo rdmsr -p 1 0x3a;\n5\n", "cpu 1\nmsr 0x3a = 0x5\n"},
        PasteCase{"ThatPrintTooLittle",
                  "$ rdmsr -p 1 0x3a; rdmsr -p 1 0xfe; rdmsr -p 1 0xce\n5\nd0a\n",
                  "error 2:1: which of the numbers from line 2 on is of which register is not"},
        PasteCase{"ThatPrintTooMuch",
                  "$ rdmsr -p 1 0x3a; rdmsr -p 1 0xfe\n5\nd0a\n7\n$ rdmsr -p 2 0x3a\n1\n",
                  "cpu 2\nmsr 0x3a = 0x1\n",
                  {"the numbers from line 2 on", "3 lines that look like evidence were not"}},
        PasteCase{"ACommandThatLostItsOutput", "$ rdmsr -p 1 0x3a\n$ rdmsr -p 2 0x3a\n5\n",
                  "cpu 2\nmsr 0x3a = 0x5\n"},
        PasteCase{"ALoopThatLostOutput",
                  "# for i in $(seq 0 3); do rdmsr -p $i 0x3a; done\n5\n5\n1\n",
                  Unknown("cpu 0-1\nmsr 0x3a = 0x5\ncpu 2\nmsr 0x3a = 0x1\n")},
        PasteCase{"ALoopThatLostOutputOfTwoRegisters",
                  "# for i in 0 1; do rdmsr -p $i 0x3a; rdmsr -p $i 0xfe; done\n5\nd0a\n1\n",
                  "error 2:1:"},
        PasteCase{"ASortedLoop", "# for i in 4 5 6; do rdmsr -p $i 0x3a; done | sort\n1\n5\n5\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x1\ncpu 1-2\nmsr 0x3a = 0x5\n")},
        PasteCase{"ALoopOfOneValue", "# for i in 4 5 6; do rdmsr -p $i 0x3a; done | sort -u\n5\n",
                  "cpu 4-6\nmsr 0x3a = 0x5\n"},
        PasteCase{"OneOfAllAndOneOfACpu", "# rdmsr -a 0x3a; rdmsr -p 0 0xfe\n5\n5\n1\nd0a\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x5\nmsr 0xfe = 0xd0a\ncpu 1\nmsr 0x3a = 0x5\n"
                          "cpu 2\nmsr 0x3a = 0x1\n")},
        PasteCase{"ByXargs", "$ seq 4 6 | xargs -I{} sudo rdmsr -p {} 0x3a\n5\n5\n1\n",
                  Unknown("cpu 0-1\nmsr 0x3a = 0x5\ncpu 2\nmsr 0x3a = 0x1\n")},
        PasteCase{"OverDeviceFiles",
                  "$ for c in /dev/cpu/[0-9]*; do echo $c $(rdmsr -p ${c##*/} 0x3a); done\n"
                  "/dev/cpu/0 5\n/dev/cpu/1 1\n",
                  "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n"},
        PasteCase{"OverMachines", "$ for h in a b; do ssh $h rdmsr 0x3a; done\n5\n1\n",
                  "error 2:1:"},
        PasteCase{"OnTwoMachines",
                  "root@a:~# rdmsr -p 0 0x3a\n5\nroot@b:~# rdmsr -p 1 0x3a\n1\n",
                  "cpu 0\nmsr 0x3a = 0x5\n",
                  {"from line 3 on stands a second recording"}},
        PasteCase{"ThroughAPipeThatIsNotKnown", "$ rdmsr -a 0x3a | nl\n 1 5\n 2 5\n", "error 1:1:"},
        PasteCase{"AGroupSorted", "# (rdmsr -p 0 0x3a; rdmsr -p 0 0xfe) | sort\n5\nd0a\n",
                  "error 1:1:"}),
    NameOfPaste);

// A number that ends its line may go on in the next one.
INSTANTIATE_TEST_SUITE_P(
    BrokenNumbers, Paste,
    testing::Values(
        PasteCase{"OfARegister", "cpu0: MSR_IA32_FEATURE_CONTROL: 0x0002\n0005 (Locked )\n",
                  "error 1:1: the number that ends line 1 may go on in the next line"},
        PasteCase{"ThatCouldBeWhole",
                  "cpu0: MSR_IA32_FEATURE_CONTROL: 0x00000000\n00020005 (Locked )\n", "error 1:1:"},
        PasteCase{"AtABlank",
                  "2024-07-10T12:00:01.123456+02:00 host turbostat[12]: cpu0: MSR_IA32_MISC_"
                  "ENABLE:\n0x00850089 (TCC EIST MWAIT PREFETCH TURBO)\n",
                  "cpu 0\nmsr 0x1a0 = 0x850089\n"},
        PasteCase{"AtTheEdgeOf72Columns",
                  "HM: on this machine, a ThinkPad X230, MSR_IA32_FEATURE_CONTROL = 0x00000\n"
                  "00000020005\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x20005\n")},
        PasteCase{"AtTheEdgeOfAReply",
                  "> HM: on this machine, a ThinkPad X230, MSR_IA32_FEATURE_CONTROL = 0x00000\n"
                  "> 00000020005\n",
                  Unknown("cpu 0\nmsr 0x3a = 0x20005\n")},
        PasteCase{"ByAnAddress", "IA32_FEATURE_CONTROL.....(0x3a) : 0x0\n0ff07\n", "error 1:1:"},
        PasteCase{"HighAndLow", "MSR 0x0000003a: 0x00000000\n0x00000005\n", "error 1:1:"},
        PasteCase{"ByX86info", "MSR: 0x0000003a=0x00000000000000\n05 : 00000000\n", "error 1:1:"}),
    NameOfPaste);

}  // namespace
}  // namespace vtprobe::import
