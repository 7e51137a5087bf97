// The grammar of AIDA64's and InstLatx64's texts, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

constexpr std::string_view kUnknownCpu = "does not say which CPU it is of";
constexpr std::string_view kGuessed = "numbered in the order of the file";

std::string Dashes(std::size_t length) { return std::string(length, '-') + "\n"; }

class AidaHeader : public testing::TestWithParam<std::pair<const char*, const char*>> {};

// Every header that names a CPU, and the CPU.
TEST_P(AidaHeader, NamesTheCpuOfWhatFollows) {
  const auto& [header, cpu] = GetParam();
  const Outcome outcome = ImportText(
      kAida, std::string(header) + "\n\nCPUID 00000001: 000906EA-03100800-7FFAFBBF-BFEBFBFF\n");
  EXPECT_EQ(outcome.dump, std::string("vtprobe-dump 1 sealed\ncpu ") + cpu +
                              "\ncpuid 0x1.0x0 = 0x906ea 0x3100800 0x7ffafbbf 0xbfebfbff\nend 4\n");
}

INSTANTIATE_TEST_SUITE_P(
    All, AidaHeader,
    testing::Values(std::pair("------[ Logical CPU #0 ]------", "0"),
                    std::pair("------[ Logical CPU #17 ]------", "17"),
                    std::pair("------[ CPUID Registers / Logical CPU #3 ]------", "3"),
                    std::pair("------[ MSR Registers / Logical CPU #3 ]------", "3"),
                    std::pair("_________________ Logical CPU #12 _________________", "12"),
                    std::pair("Logical CPU #2", "2"), std::pair("CPUID Registers (CPU #5):", "5"),
                    std::pair("CPUID Registers (CPU #4 Virtual):", "4"),
                    std::pair("MSR Registers (CPU #6)", "6"),
                    std::pair("  CPUID Registers (CPU #1):  ", "0"),
                    std::pair("CPU#007 AffMask: 0x0000000000000080", "7"),
                    std::pair("Group: 0x00 Affinity mask: 0x0000000000000004", "2"),
                    std::pair("Group: 0x01 Affinity mask: 0x0000000000000004", "66")));

class AidaText : public testing::TestWithParam<TextCase> {};

TEST_P(AidaText, Becomes) { ExpectImport(kAida, GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Lines, AidaText,
    testing::Values(
        TextCase{"Colon", "Logical CPU #0\nCPUID 00000000: 00000001-00000002-00000003-00000004",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{"NoColon", "Logical CPU #0\nCPUID 00000000 00000001-00000002-00000003-00000004",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{"BlanksAndTabsAroundTheColon",
                 "Logical CPU #0\n"
                 "CPUID 00000000  \t00000001-00000002-00000003-00000004\n"
                 "CPUID 00000001 :00000001-00000002-00000003-00000004\n"
                 "CPUID 00000002 \t: \t00000001-00000002-00000003-00000004\n"
                 "CPUID 00000003:00000001-00000002-00000003-00000004\n",
                 "cpu 0\n"
                 "cpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"
                 "cpuid 0x1.0x0 = 0x1 0x2 0x3 0x4\n"
                 "cpuid 0x2.0x0 = 0x1 0x2 0x3 0x4\n"
                 "cpuid 0x3.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{"BlanksBetweenRegisters",
                 "Logical CPU #0\nCPUID 80000001: 00000001 00000002 00000003 00000004",
                 "cpu 0\ncpuid 0x80000001.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{"HexOfAnyCase",
                 "Logical CPU #0\nCPUID 8000000a: abCDef01-00000000-00000000-FFffFFff\n"
                 "MSR c0010114: AbCd-0000-0000-00fF\n",
                 "cpu 0\ncpuid 0x8000000a.0x0 = 0xabcdef01 0x0 0x0 0xffffffff\n"
                 "msr 0xc0010114 = 0xabcd0000000000ff\n"},
        TextCase{"CommentBehindTheRegisters",
                 "Logical CPU #0\n"
                 "CPUID 80000002: 20444D41-657A7952-2037206E-30303833 [AMD Ryzen 7 3800]\n"
                 "CPUID 80000006: 00000000-00000000-01002040-00000000 [L2: 256 KB] / L3: 0 KB]\n"
                 "MSR 00000017: 0010-0000-C107-0480 [PlatID = 4]\n",
                 "cpu 0\n"
                 "cpuid 0x80000002.0x0 = 0x20444d41 0x657a7952 0x2037206e 0x30303833\n"
                 "cpuid 0x80000006.0x0 = 0x0 0x0 0x1002040 0x0\n"
                 "msr 0x17 = 0x100000c1070480\n"},
        TextCase{"CarriageReturnsAMarkAndAReply",
                 "\xef\xbb\xbf> ------[ Logical CPU #1 ]------\r\n"
                 ">   CPUID 00000000: 00000001-00000002-00000003-00000004 \r\n",
                 "cpu 1\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{"Latin1AndOtherProse",
                 "CPU Type : Intel\xae Core\x99, 3600 MHz\n"
                 "CPUID Manufacturer   : GenuineIntel\n"
                 "CPUID Revision       : 000906EAh\n"
                 "------[ All CPUs ]------\n"
                 "CPU   0: APICID    0 / Package 0 / Core   0 / Thread 0: Valid\n"
                 "------[ Logical CPU #4 ]------\n"
                 "allcpu: Package 0 / Core 2 / Thread 1: Valid, Virtual\n"
                 "CPUID 00000000: 00000001-00000002-00000003-00000004\n"
                 "L1    Data Cache:     64 KB, 16-way Associative, 64-byte Line\n"
                 "PerformanceFrequency = 7159090\n",
                 "cpu 4\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{"ToolAndWhatIsNoUtf8InIt",
                 "Program Version : AIDA64 \xae v1.70.1424 Beta\n"
                 "Logical CPU #0\nCPUID 00000000: 00000001-00000002-00000003-00000004",
                 "meta tool = AIDA64   v1.70.1424 Beta\n"
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{
            "LinesThatCannotBeRead",
            "Logical CPU #0\n"
            "CPUID 00000000: 00000001-00000002-00000003-00000004\n"
            "CPUID 00000001: 00000001-00000002-00000003\n"
            "CPUID 00000002: 00000001-00000002-00000003-0000000G\n"
            "CPUID 00000003: 00000001-00000002-00000003-000000041\n"
            "MSR 0000003A: 0000-0000-0000\n",
            "cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n",
            {"4 lines left out that should be readings and cannot be read, the first is line 3"}}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Subleaves, AidaText,
    testing::Values(
        TextCase{"LabelledInHex",
                 "Logical CPU #0\n"
                 "CPUID 0000000D: 00000001-00000000-00000000-00000000 [SL 00] [X87]\n"
                 "CPUID 0000000D: 00000002-00000000-00000000-00000000 [SL 0B] [CET_U]\n"
                 "CPUID 0000000D: 00000003-00000000-00000000-00000000 [SL 3E]\n",
                 "cpu 0\n"
                 "cpuid 0xd.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0xd.0xb = 0x2 0x0 0x0 0x0\n"
                 "cpuid 0xd.0x3e = 0x3 0x0 0x0 0x0\n"},
        TextCase{"LabelBehindAnotherTag",
                 "Logical CPU #0\n"
                 "CPUID 00000004: 00000001-00000000-00000000-00000000 [L1] [SL 02]\n",
                 "cpu 0\ncpuid 0x4.0x2 = 0x1 0x0 0x0 0x0\n"},
        TextCase{"RepeatedLeavesAreTheNextSubleaf",
                 "Logical CPU #0\n"
                 "CPUID 00000004: 00000001-00000000-00000000-00000000\n"
                 "CPUID 00000004: 00000002-00000000-00000000-00000000\n"
                 "CPUID 0000000B: 00000001-00000000-00000000-00000000\n"
                 "CPUID 0000000B: 00000001-00000000-00000000-00000000\n"
                 "CPUID 0000000D: 00000001-00000000-00000000-00000000\n"
                 "CPUID 0000000D: 00000002-00000000-00000000-00000000\n"
                 "CPUID 0000000D: 00000003-00000000-00000000-00000000\n"
                 "CPUID 8000001D: 00000001-00000000-00000000-00000000\n"
                 "CPUID 8000001D: 00000002-00000000-00000000-00000000\n",
                 "cpu 0\n"
                 "cpuid 0x4.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0x4.0x1 = 0x2 0x0 0x0 0x0\n"
                 "cpuid 0xb.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0xb.0x1 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0xd.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0xd.0x1 = 0x2 0x0 0x0 0x0\n"
                 "cpuid 0xd.0x2 = 0x3 0x0 0x0 0x0\n"
                 "cpuid 0x8000001d.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0x8000001d.0x1 = 0x2 0x0 0x0 0x0\n",
                 {std::string(kGuessed)}},
        // Sandy Bridge, as programs print it that pass over subleaf 1. [intel/sdm-vol1] 13.5.2
        TextCase{"TheAvxStateIsSubleaf2",
                 "Logical CPU #0\n"
                 "CPUID 0000000D: 00000007-00000340-00000340-00000000\n"
                 "CPUID 0000000D: 00000100-00000240-00000000-00000000\n"
                 "Logical CPU #1\n"
                 "CPUID 0000000D: 00000007-00000340-00000340-00000000\n"
                 "CPUID 0000000D: 00000001-00000000-00000000-00000000\n"
                 "CPUID 0000000D: 00000100-00000240-00000000-00000000\n",
                 "cpu 0\n"
                 "cpuid 0xd.0x0 = 0x7 0x340 0x340 0x0\n"
                 "cpuid 0xd.0x2 = 0x100 0x240 0x0 0x0\n"
                 "cpu 1\n"
                 "cpuid 0xd.0x0 = 0x7 0x340 0x340 0x0\n"
                 "cpuid 0xd.0x1 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0xd.0x2 = 0x100 0x240 0x0 0x0\n",
                 {std::string(kGuessed)}},
        // Components 0, 1, 2, 9 (PKRU) and, of IA32_XSS, 11 and 12 (CET): Zen 3.
        TextCase{"BehindTheAvxStateComeTheComponentsThatTheCpuHas",
                 "Logical CPU #0\n"
                 "CPUID 0000000D: 00000207-00000340-00000988-00000000\n"
                 "CPUID 0000000D: 0000000F-00000350-00001800-00000000\n"
                 "CPUID 0000000D: 00000100-00000240-00000000-00000000\n"
                 "CPUID 0000000D: 00000008-00000980-00000000-00000000\n"
                 "CPUID 0000000D: 00000010-00000000-00000001-00000000\n"
                 "CPUID 0000000D: 00000018-00000000-00000001-00000000\n",
                 "cpu 0\n"
                 "cpuid 0xd.0x0 = 0x207 0x340 0x988 0x0\n"
                 "cpuid 0xd.0x1 = 0xf 0x350 0x1800 0x0\n"
                 "cpuid 0xd.0x2 = 0x100 0x240 0x0 0x0\n"
                 "cpuid 0xd.0x9 = 0x8 0x980 0x0 0x0\n"
                 "cpuid 0xd.0xb = 0x10 0x0 0x1 0x0\n"
                 "cpuid 0xd.0xc = 0x18 0x0 0x1 0x0\n",
                 {std::string(kGuessed)}},
        // Bulldozer's LWP is component 62.
        TextCase{"TheLastComponent",
                 "Logical CPU #0\n"
                 "CPUID 0000000D: 00000007-00000340-000003C0-40000000\n"
                 "CPUID 0000000D: 00000100-00000240-00000000-00000000\n"
                 "CPUID 0000000D: 00000080-00000340-00000000-00000000\n"
                 "CPUID 0000000D: 00000001-00000000-00000000-00000000\n"
                 "CPUID 0000000D: 00000002-00000000-00000000-00000000\n"
                 "CPUID 0000000D: 00000003-00000000-00000000-00000000\n",
                 "cpu 0\n"
                 "cpuid 0xd.0x0 = 0x7 0x340 0x3c0 0x40000000\n"
                 "cpuid 0xd.0x2 = 0x100 0x240 0x0 0x0\n"
                 "cpuid 0xd.0x3e = 0x80 0x340 0x0 0x0\n"
                 "cpuid 0xd.0x3f = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0xd.0x40 = 0x2 0x0 0x0 0x0\n"
                 "cpuid 0xd.0x41 = 0x3 0x0 0x0 0x0\n",
                 {std::string(kGuessed)}},
        TextCase{"EachCpuCountsItsOwn",
                 "Logical CPU #0\n"
                 "CPUID 00000004: 00000001-00000000-00000000-00000000\n"
                 "Logical CPU #1\n"
                 "CPUID 00000004: 00000002-00000000-00000000-00000000\n",
                 "cpu 0\ncpuid 0x4.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpu 1\ncpuid 0x4.0x0 = 0x2 0x0 0x0 0x0\n"},
        TextCase{"RepeatedLabelWithTheSameValueIsNothing",
                 "Logical CPU #0\n"
                 "CPUID 0000000D: 00000080-00000340-00000000-00000000 [SL 3E]\n"
                 "CPUID 0000000D: 00000080-00000340-00000000-00000000 [SL 3E]\n",
                 "cpu 0\ncpuid 0xd.0x3e = 0x80 0x340 0x0 0x0\n"},
        TextCase{"RepeatedLeafWithoutSubleavesAndTheSameValueIsNothing",
                 "Logical CPU #0\n"
                 "CPUID 00000001: 00000001-00000000-00000000-00000000\n"
                 "CPUID 00000001: 00000001-00000000-00000000-00000000\n",
                 "cpu 0\ncpuid 0x1.0x0 = 0x1 0x0 0x0 0x0\n"},
        TextCase{"RepeatedLeafWithoutSubleavesKeepsTheFirstValue",
                 "Logical CPU #7\n"
                 "CPUID 00000006: 00000001-00000000-00000000-00000000\n"
                 "CPUID 00000006: 00000002-00000000-00000000-00000000\n",
                 "cpu 7\ncpuid 0x6.0x0 = 0x1 0x0 0x0 0x0\n",
                 {"1 later reading with another value left out, the first in line 3 (CPUID 0x6.0x0 "
                  "of CPU 7)"}}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Msrs, AidaText,
    testing::Values(TextCase{"HighToLow",
                             "MSR Registers / Logical CPU #0\nMSR 0000003A: 0123-4567-89AB-CDEF\n",
                             "cpu 0\nmsr 0x3a = 0x123456789abcdef\n"},
                    TextCase{"FailuresAreNoValues",
                             "MSR Registers / Logical CPU #0\n"
                             "MSR 000001AC: < FAILED >\n"
                             "MSR 000001AD: 0000-0000-0000-0000\n",
                             "cpu 0\nmsr 0x1ac ! io\nmsr 0x1ad = 0x0\n",
                             {"does not say why a register could not be read"}},
                    TextCase{"SamplesKeepTheFirst",
                             "MSR Registers / Logical CPU #0\n"
                             "MSR 000000E7: 0000-0000-0000-0001 [S200]\n"
                             "MSR 000000E7: 0000-0000-0000-0002 [S200]\n"
                             "MSR 000000E7: 0000-0000-0000-0003\n"
                             "MSR 00000198: 0000-0000-0000-0004 [S200]\n"
                             "MSR 00000198: 0000-0000-0000-0004\n",
                             "cpu 0\nmsr 0xe7 = 0x1\nmsr 0x198 = 0x4\n",
                             {"3 repeated samples left out: the first reading"}},
                    TextCase{"SampleBehindTheUnmarkedReading",
                             "MSR Registers / Logical CPU #0\n"
                             "MSR 000000E7: 0000-0000-0000-0001\n"
                             "MSR 000000E7: 0000-0000-0000-0002 [S200]\n",
                             "cpu 0\nmsr 0xe7 = 0x1\n",
                             {"1 repeated sample left out"}},
                    TextCase{"RepeatedWithoutAMarkIsNoSample",
                             "MSR Registers / Logical CPU #0\n"
                             "MSR 000000E7: 0000-0000-0000-0001\n"
                             "MSR 000000E7: < FAILED >\n",
                             "cpu 0\nmsr 0xe7 = 0x1\n",
                             {"does not say why",
                              "1 later reading with another value left out, the first in "
                              "line 3 (MSR 0xe7 of CPU 0)"}},
                    TextCase{"WithoutACpuOnTheOnlyCpu",
                             "Logical CPU #3\n"
                             "CPUID 00000000: 00000001-00000002-00000003-00000004\n"
                             "------[ MSR Registers ]------\n"
                             "MSR 0000003A: 0000-0000-0000-0005\n",
                             "cpu 3\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\nmsr 0x3a = 0x5\n"},
                    TextCase{"WithoutACpuOfSeveral",
                             "Logical CPU #0\n"
                             "CPUID 00000000: 00000001-00000002-00000003-00000004\n"
                             "Logical CPU #1\n"
                             "CPUID 00000000: 00000001-00000002-00000003-00000004\n"
                             "MSR Registers\n"
                             "MSR 0000003A: 0000-0000-0000-0005\n",
                             "meta msr_cpu = unknown\n"
                             "cpu 0-1\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"
                             "cpu 0\nmsr 0x3a = 0x5\n",
                             {"does not say which CPU its MSRs are of: they stand on CPU 0"}},
                    TextCase{"WithoutAnyCpu",
                             "------[ MSR Registers ]------\nMSR 0000003A: 0000-0000-0000-0005\n",
                             "meta cpu_numbers = unknown\ncpu 0\nmsr 0x3a = 0x5\n",
                             {std::string(kUnknownCpu)}},
                    TextCase{"EmptySectionSaysNothing",
                             "Logical CPU #0\n"
                             "CPUID 00000000: 00000001-00000002-00000003-00000004\n"
                             "Logical CPU #1\n"
                             "------[ MSR Registers ]------\n",
                             "cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\ncpu 1\n"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Cpus, AidaText,
    testing::Values(TextCase{"CountedFromOne",
                             "CPUID Registers (CPU #1):\n"
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "CPUID Registers (CPU #2 Virtual):\n"
                             "CPUID 00000000: 00000002-00000000-00000000-00000000\n"
                             "MSR Registers (CPU #2):\n"
                             "MSR 0000003A: 0000-0000-0000-0005\n",
                             "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"
                             "cpu 1\ncpuid 0x0.0x0 = 0x2 0x0 0x0 0x0\nmsr 0x3a = 0x5\n",
                             {"counts its CPUs from 1: here from 0"}},
                    TextCase{"CountedFromZero",
                             "CPUID Registers (CPU #1):\n"
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "CPUID Registers (CPU #0):\n"
                             "CPUID 00000000: 00000002-00000000-00000000-00000000\n",
                             "cpu 1\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"
                             "cpu 0\ncpuid 0x0.0x0 = 0x2 0x0 0x0 0x0\n"},
                    TextCase{"OtherHeadersCountFromZero",
                             "------[ Logical CPU #1 ]------\n"
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n",
                             "cpu 1\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"},
                    TextCase{"EqualNumbersWithDifferentMasks",
                             "CPU#000 AffMask: 0x0000000000000001\n"
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "CPU#000 AffMask: 0x0000000000000002\n"
                             "CPUID 00000000: 00000002-00000000-00000000-00000000\n",
                             "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"
                             "cpu 1\ncpuid 0x0.0x0 = 0x2 0x0 0x0 0x0\n"},
                    TextCase{"ACpuThatComesBack",
                             "Logical CPU #0\n"
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "Logical CPU #1\n"
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "MSR Registers / Logical CPU #0\n"
                             "MSR 0000003A: 0000-0000-0000-0005\n"
                             "MSR Registers / Logical CPU #1\n"
                             "MSR 0000003A: 0000-0000-0000-0001\n",
                             "cpu 0-1\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"
                             "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x1\n"},
                    TextCase{"WithoutHeader",
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n",
                             "meta cpu_numbers = unknown\ncpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n",
                             {std::string(kUnknownCpu)}},
                    TextCase{"SeveralWithoutHeader",
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "CPUID 00000001: 000906EA-00100800-00000000-00000000\n"
                             "\n"
                             "CPUID 00000000: 00000002-00000000-00000000-00000000\n"
                             "CPUID 00000001: 000906EA-01100800-00000000-00000000\n",
                             "meta cpu_numbers = unknown\n"
                             "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"
                             "cpuid 0x1.0x0 = 0x906ea 0x100800 0x0 0x0\n"
                             "cpu 1\ncpuid 0x0.0x0 = 0x2 0x0 0x0 0x0\n"
                             "cpuid 0x1.0x0 = 0x906ea 0x1100800 0x0 0x0\n",
                             {"does not number its CPUs"}},
                    TextCase{"TheSameWithoutHeaderTwiceIsOneCpu",
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "CPUID 00000001: 000906EA-00100800-00000000-00000000\n"
                             "CPUID 00000000: 00000001-00000000-00000000-00000000\n"
                             "CPUID 00000001: 000906EA-00100800-00000000-00000000\n",
                             "meta cpu_numbers = unknown\n"
                             "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"
                             "cpuid 0x1.0x0 = 0x906ea 0x100800 0x0 0x0\n",
                             {std::string(kUnknownCpu)}},
                    TextCase{"VirtualIsASecondThread",
                             "CPUID Registers (CPU #2 Virtual):\n"
                             "CPUID 00000001: 00000F34-01020800-7FFFFFFF-BFEBFBFF\n",
                             "cpu 2\ncpuid 0x1.0x0 = 0xf34 0x1020800 0x7fffffff 0xbfebfbff\n"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Ends, AidaText,
    testing::Values(
        TextCase{"SeventyDashesEndTheInput",
                 "Logical CPU #0\nCPUID 00000000: 00000001-00000000-00000000-00000000\n" +
                     Dashes(70) + "MSR 0000003A: 0000-0000-0000-0005\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n"},
        TextCase{"FewerDashesDoNot",
                 "Logical CPU #0\nCPUID 00000000: 00000001-00000000-00000000-00000000\n" +
                     Dashes(69) + "MSR 0000003A: 0000-0000-0000-0005\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\nmsr 0x3a = 0x5\n"},
        TextCase{"DashesBeforeAnythingDoNot",
                 Dashes(80) + "Logical CPU #0\nMSR 0000003A: 0000-0000-0000-0005\n",
                 "cpu 0\nmsr 0x3a = 0x5\n"},
        TextCase{"CpuNumberTooHigh", "x\n------[ Logical CPU #65536 ]------\n",
                 "error 2:22: expected a CPU number from 0 to 65535"},
        TextCase{"CpuNumberMuchTooHigh", "------[ Logical CPU #99999999999999999999 ]------\n",
                 "error 1:22: expected a CPU number from 0 to 65535"},
        TextCase{"HighestCpuNumber", "Logical CPU #65535\nMSR 0000003A: 0000-0000-0000-0005\n",
                 "cpu 65535\nmsr 0x3a = 0x5\n"},
        TextCase{"NothingRead", "------[ Logical CPU #0 ]------\n",
                 "error 0:0: there is not one reading"},
        TextCase{"Empty", "", "error 0:0: there is not one reading"}),
    NameOf);

TEST(Aida, TakesOneFile) {
  const std::vector<File> files = {{"a", "CPUID 00000000: 00000001-00000000-00000000-00000000"},
                                   {"b", "CPUID 00000000: 00000001-00000000-00000000-00000000"}};
  const auto imported = kAida.import(files, {});
  ASSERT_FALSE(imported);
  EXPECT_EQ(imported.error().file, "b");
}

}  // namespace
}  // namespace vtprobe::import
