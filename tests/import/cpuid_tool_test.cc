// What `cpuid -r` prints, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

class CpuidTool : public testing::TestWithParam<TextCase> {};

TEST_P(CpuidTool, Becomes) { ExpectImport(kCpuidTool, GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    All, CpuidTool,
    testing::Values(
        TextCase{
            "CpusLeavesAndSubleaves",
            "CPU 0:\n"
            "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
            "   0x0000000d 0x3e: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n"
            "CPU 11:\n"
            "   0x80000000 0x00: eax=0x80000008 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n",
            "cpu 0\n"
            "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
            "cpuid 0xd.0x3e = 0x1 0x2 0x3 0x4\n"
            "cpu 11\n"
            "cpuid 0x80000000.0x0 = 0x80000008 0x0 0x0 0x0\n"},
        TextCase{
            "OneCpuWithoutItsNumber",
            "CPU:\n"
            "   0x00000000 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n"
            "CPU:\n"
            "   0x00000001 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n",
            "meta cpu_numbers = unknown\n"
            "cpu 0\n"
            "cpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"
            "cpuid 0x1.0x0 = 0x1 0x2 0x3 0x4\n",
            {"does not say which CPU it is of"}},
        TextCase{"WithoutHeader",
                 "0x00000000 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n",
                 "meta cpu_numbers = unknown\ncpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n",
                 {"does not say which CPU it is of"}},
        TextCase{"OldVersionsWithoutSubleaves",
                 "CPU 1:\n"
                 "   0x00000004: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n"
                 "   0x00000004: eax=0x00000002 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n"
                 "   0x00000005: eax=0x00000003 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n",
                 "cpu 1\n"
                 "cpuid 0x4.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0x4.0x1 = 0x2 0x0 0x0 0x0\n"
                 "cpuid 0x5.0x0 = 0x3 0x0 0x0 0x0\n",
                 {"numbered in the order of the file"}},
        TextCase{"InAMailWithCarriageReturns",
                 "> CPU 2:\r\n"
                 ">    0x00000000 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 "
                 "edx=0x00000004\r\n",
                 "cpu 2\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{
            "DecodedLinesAreForPeople",
            "Disclaimer: cpuid may not support decoding of all cpuid registers.\n"
            "CPU 0:\n"
            "   vendor_id = \"GenuineIntel\"\n"
            "   version information (1/eax):\n"
            "   0x00000011 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n",
            "cpu 0\ncpuid 0x11.0x0 = 0x1 0x2 0x3 0x4\n"},
        TextCase{
            "CutLines",
            "CPU 0:\n"
            "   0x00000000 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n"
            "   0x00000001 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003\n"
            "edx=0x00000004\n"
            "   0x00000002 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x123456789\n",
            "cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\n",
            {"2 lines left out that should be readings and cannot be read, the first is line "
             "3"}},
        // Eight digits each: the last register lost some, and with them its value.
        TextCase{
            "CutInTheLastRegister",
            "CPU 0:\n"
            "   0x00000000 0x00: eax=0x00000016 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
            "   0x00000001 0x00: eax=0x000506e3 ebx=0x00100800 ecx=0x7ffafbff edx=0xbfebfbf",
            "cpu 0\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n",
            {"1 line left out that should be readings and cannot be read, the first is line 3"}},
        TextCase{
            "RepeatedWithAnotherValue",
            "CPU 0:\n"
            "   0x00000006 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n"
            "   0x00000006 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000005\n",
            "cpu 0\ncpuid 0x6.0x0 = 0x1 0x2 0x3 0x4\n",
            {"1 later reading with another value left out, the first in line 3"}},
        TextCase{"CpuWithoutLeavesExists",
                 "CPU 0:\n"
                 "   0x00000000 0x00: eax=0x00000001 ebx=0x00000002 ecx=0x00000003 edx=0x00000004\n"
                 "CPU 1:\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\ncpu 1\n"},
        TextCase{"CpuNumberTooHigh", "\nCPU 70000:\n", "error 2:5: expected a CPU number"},
        TextCase{"NothingRead", "CPU 0:\n   vendor_id = \"GenuineIntel\"\n",
                 "error 0:0: there is not one reading"}),
    NameOf);

}  // namespace
}  // namespace vtprobe::import
