// rdmsr's output alone and in a shell's transcript, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

const Options kFeatureControl{.msr = MsrAddress{0x3a}};
constexpr const char* kOneCpu = "does not say which CPU it is of";
constexpr const char* kSomeCpus = "does not number its CPUs";

class Rdmsr : public testing::TestWithParam<TextCase> {};

TEST_P(Rdmsr, Becomes) { ExpectImport(kRdmsr, GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Bare, Rdmsr,
    testing::Values(
        TextCase{"OneNumber",
                 "5\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"OneNumberACpu",
                 "5\n0x1\nff03\n",
                 "meta cpu_numbers = unknown\n"
                 "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\ncpu 2\nmsr 0x3a = 0xff03\n",
                 {kSomeCpus},
                 kFeatureControl},
        TextCase{"AllSixteenDigits",
                 "FFFFFFFFFFFFFFFF\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0xffffffffffffffff\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"SeventeenDigitsAreNoRegister",
                 "10000000000000000\n5\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"PerhapsDecimal",
                 "5\n1048581\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1048581\n",
                 {"nothing tells whether rdmsr was asked for decimal", kSomeCpus},
                 kFeatureControl},
        TextCase{"WhichRegister", "\n  5\n",
                 "error 2:3: rdmsr's output does not name the register"},
        TextCase{"NothingRead",
                 "modprobe: FATAL: Module msr not found.\n",
                 "error 0:0: there is not one reading",
                 {},
                 kFeatureControl}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Failures, Rdmsr,
    testing::Values(
        TextCase{"CannotReadNamesBoth", "rdmsr: CPU 2 cannot read MSR 0x0000003a\n",
                 "cpu 2\nmsr 0x3a ! general-protection\n"},
        TextCase{"CannotReadInOldWords", "rdmsr: CPU 2 cannot read MSR c0010114\n",
                 "cpu 2\nmsr 0xc0010114 ! general-protection\n"},
        TextCase{"BesideNumbersOfUnknownCpus",
                 "5\nrdmsr: CPU 0 cannot read MSR 0x0000003a\n5\n",
                 "meta cpu_numbers = unknown\n"
                 "cpu 0\nmsr 0x3a ! general-protection\ncpu 1-2\nmsr 0x3a = 0x5\n",
                 {kSomeCpus},
                 kFeatureControl},
        TextCase{
            "NoCpu", "rdmsr: No CPU 7\n", "cpu 7\nmsr 0x3a ! cpu-offline\n", {}, kFeatureControl},
        TextCase{"NoCpuOfWhichRegister", "rdmsr: No CPU 7\n",
                 "error 1:15: rdmsr's output does not name the register"},
        TextCase{"NoMsrsAtAll",
                 "rdmsr: CPU 1 doesn't support MSRs\n",
                 "cpu 1\nmsr 0x3a ! io\n",
                 {},
                 kFeatureControl},
        TextCase{"NotRoot",
                 "rdmsr: open: Permission denied\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! permission-denied\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"NoCapability",
                 "rdmsr: open: Operation not permitted\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! permission-denied\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"LockedDown",
                 "rdmsr: pread: Operation not permitted\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! locked-down\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"NoDriver",
                 "rdmsr: open: No such file or directory\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a ! no-driver\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{
            "NoNodeBesideOnesThatAre",
            "# rdmsr -p 0 0x3a\n5\n# rdmsr -p 9 0x3a\nrdmsr: open: No such file or directory\n",
            "cpu 0\nmsr 0x3a = 0x5\ncpu 9\nmsr 0x3a ! cpu-offline\n"},
        TextCase{"OtherPrograms",
                 "5\nbash: rdmsr: command not found\nsudo: rdmsr: not found\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\n",
                 {kOneCpu},
                 kFeatureControl},
        TextCase{"CpuNumberTooHigh", "rdmsr: CPU 65536 cannot read MSR 0x0000003a\n",
                 "error 1:12: expected a CPU number"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Transcripts, Rdmsr,
    testing::Values(
        TextCase{"OneCpuEach", "$ rdmsr -p 3 0x3a\n5\n$ sudo rdmsr -p4 0xc0010114\n0x8\n",
                 "cpu 3\nmsr 0x3a = 0x5\ncpu 4\nmsr 0xc0010114 = 0x8\n"},
        TextCase{"Prompts",
                 "root@host:~# rdmsr -p 1 0x3a\n1\n"
                 "[root@host ~]# rdmsr --processor 2 0x3a\n2\n"
                 "user@host:/tmp$ sudo rdmsr --processor=3 0x3a\n3\n"
                 "host% rdmsr -p 4 0x3a\n4\n"
                 "+ rdmsr -p 5 0x3a\n5\n"
                 "rdmsr -p 6 0x3a\n6\n"
                 "# modprobe msr; rdmsr -p 7 0x3a\n7\n",
                 "cpu 1\nmsr 0x3a = 0x1\ncpu 2\nmsr 0x3a = 0x2\ncpu 3\nmsr 0x3a = 0x3\n"
                 "cpu 4\nmsr 0x3a = 0x4\ncpu 5\nmsr 0x3a = 0x5\ncpu 6\nmsr 0x3a = 0x6\n"
                 "cpu 7\nmsr 0x3a = 0x7\n"},
        TextCase{"WithoutPItIsCpu0", "# rdmsr 0x3a\n5\n", "cpu 0\nmsr 0x3a = 0x5\n"},
        TextCase{"AddressesAsInC", "# rdmsr 58\n1\n# rdmsr 073\n2\n# rdmsr 0X3C\n3\n",
                 "cpu 0\nmsr 0x3a = 0x1\nmsr 0x3b = 0x2\nmsr 0x3c = 0x3\n"},
        TextCase{"TheCommandIsRightAboutTheRegister",
                 "# rdmsr 0x17a\n5\n",
                 "cpu 0\nmsr 0x17a = 0x5\n",
                 {},
                 kFeatureControl},
        TextCase{"AllCpusHaveNoNumbers",
                 "# rdmsr -a 0x3a\n5\n1\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n",
                 {kSomeCpus}},
        TextCase{"ALoopHasNoNumbers",
                 "$ for i in 0 1; do sudo rdmsr -p $i 0x3a; done\n5\n1\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n",
                 {kSomeCpus}},
        TextCase{"Bases",
                 "# rdmsr -p 0 -u 0x3a\n65283\n# rdmsr -p 1 -d 0x3a\n-1\n"
                 "# rdmsr -p 2 --octal 0x3a\n17\n# rdmsr -p 3 -x0 0x3a\n0000000000000010\n"
                 "# rdmsr -p 4 -c 0x3a\n0x10\n# rdmsr -p 5 --unsigned 0x3a\n18446744073709551615\n",
                 "cpu 0\nmsr 0x3a = 0xff03\ncpu 1\nmsr 0x3a = 0xffffffffffffffff\n"
                 "cpu 2\nmsr 0x3a = 0xf\ncpu 3-4\nmsr 0x3a = 0x10\n"
                 "cpu 5\nmsr 0x3a = 0xffffffffffffffff\n"},
        TextCase{"PartsOfARegisterAreNotIt",
                 "# rdmsr -f 2:0 0x3a\n5\n# rdmsr --bitfield 0:0 0x3a\n1\n# rdmsr 0x17\n7\n",
                 "cpu 0\nmsr 0x17 = 0x7\n",
                 {"parts of registers"}},
        TextCase{
            "ACommandHasOneAnswer",
            "# rdmsr 0x3a\n5\n6\n",
            "cpu 0\nmsr 0x3a = 0x5\n",
            {"1 line left out that should be readings and cannot be read, the first is line 3"}},
        TextCase{
            "AnotherCommandsNumbersAreNoReadings",
            "user@host:~$ nproc\n8\nuser@host:~$ sudo rdmsr 0x3a\n5\n",
            "cpu 0\nmsr 0x3a = 0x5\n",
            {"1 line left out that should be readings and cannot be read, the first is line 2"},
            kFeatureControl},
        TextCase{"AFailureAnswersToo",
                 "# rdmsr -p 1 0x3a\nrdmsr: CPU 1 cannot read MSR 0x0000003a\n"
                 "# rdmsr -p 2 0x3a\nrdmsr: open: Permission denied\n",
                 "cpu 1\nmsr 0x3a ! general-protection\ncpu 2\nmsr 0x3a ! permission-denied\n"},
        TextCase{"Redirections", "# rdmsr -p 1 0x3a 2>&1 | tee log\n5\n",
                 "cpu 1\nmsr 0x3a = 0x5\n"},
        TextCase{"Reply", "> # rdmsr -p 1 0x3a\n> 5\n", "cpu 1\nmsr 0x3a = 0x5\n"},
        TextCase{"RepeatedWithAnotherValue",
                 "# rdmsr 0x3a\n1\n# rdmsr 0x3a\n5\n",
                 "cpu 0\nmsr 0x3a = 0x1\n",
                 {"1 later reading with another value left out, the first in line 4"}}),
    NameOf);

TEST(Rdmsr, MoreCpusThanNumbersAreAnError) {
  std::string text;
  for (int i = 0; i < 65536; ++i) text += "5\n";
  EXPECT_THAT(ImportText(kRdmsr, text, kFeatureControl).dump, testing::StartsWith("vtprobe-dump"));
  text += "5\n";
  EXPECT_THAT(ImportText(kRdmsr, text, kFeatureControl).dump,
              testing::StartsWith("error 65537:1: "));
}

}  // namespace
}  // namespace vtprobe::import
