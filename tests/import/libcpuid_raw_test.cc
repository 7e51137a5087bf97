// libcpuid's raw dumps, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

class LibcpuidRaw : public testing::TestWithParam<TextCase> {};

TEST_P(LibcpuidRaw, Becomes) { ExpectImport(kLibcpuidRaw, GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    All, LibcpuidRaw,
    testing::Values(
        TextCase{"EveryArray",
                 "_________________ Logical CPU #4 _________________\n"
                 "basic_cpuid[0]=00000020 756e6547 6c65746e 49656e69\n"
                 "basic_cpuid[10]=07300403 00000000 00000000 00000603\n"
                 "ext_cpuid[0]=80000026 00000000 00000000 00000000\n"
                 "ext_cpuid[8]=00003028 00000000 00000000 00000000\n"
                 "intel_fn4[3]=00000001 00000000 00000000 00000000\n"
                 "intel_fn11[1]=00000002 00000000 00000000 00000000\n"
                 "intel_fn12h[2]=00000003 00000000 00000000 00000000\n"
                 "intel_fn14h[1]=00000004 00000000 00000000 00000000\n"
                 "amd_fn8000001dh[2]=00000005 00000000 00000000 00000000\n"
                 "amd_fn80000026h[1]=00000006 00000000 00000000 00000000\n",
                 "cpu 4\n"
                 "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
                 "cpuid 0xa.0x0 = 0x7300403 0x0 0x0 0x603\n"
                 "cpuid 0x80000000.0x0 = 0x80000026 0x0 0x0 0x0\n"
                 "cpuid 0x80000008.0x0 = 0x3028 0x0 0x0 0x0\n"
                 "cpuid 0x4.0x3 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0xb.0x1 = 0x2 0x0 0x0 0x0\n"
                 "cpuid 0x12.0x2 = 0x3 0x0 0x0 0x0\n"
                 "cpuid 0x14.0x1 = 0x4 0x0 0x0 0x0\n"
                 "cpuid 0x8000001d.0x2 = 0x5 0x0 0x0 0x0\n"
                 "cpuid 0x80000026.0x1 = 0x6 0x0 0x0 0x0\n"},
        TextCase{"AboveTheMaximaAreLeftovers",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[0]=00000002 756e6547 6c65746e 49656e69\n"
                 "basic_cpuid[2]=00000001 00000000 00000000 00000000\n"
                 "basic_cpuid[3]=00000001 00000000 00000000 00000000\n"
                 "ext_cpuid[0]=80000001 00000000 00000000 00000000\n"
                 "ext_cpuid[1]=00000001 00000000 00000000 00000000\n"
                 "ext_cpuid[2]=00000001 00000000 00000000 00000000\n"
                 "intel_fn4[0]=00000001 00000000 00000000 00000000\n"
                 "amd_fn8000001dh[0]=00000001 00000000 00000000 00000000\n",
                 "cpu 0\n"
                 "cpuid 0x0.0x0 = 0x2 0x756e6547 0x6c65746e 0x49656e69\n"
                 "cpuid 0x2.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpuid 0x80000000.0x0 = 0x80000001 0x0 0x0 0x0\n"
                 "cpuid 0x80000001.0x0 = 0x1 0x0 0x0 0x0\n",
                 {"4 CPUID entries above the CPU's own highest leaf left out"}},
        TextCase{"NoExtendedLeaves",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[0]=00000002 756e6547 6c65746e 49656e69\n"
                 "ext_cpuid[0]=03020101 00000000 00000000 00000000\n"
                 "ext_cpuid[1]=03020101 00000000 00000000 00000000\n",
                 "cpu 0\n"
                 "cpuid 0x0.0x0 = 0x2 0x756e6547 0x6c65746e 0x49656e69\n"
                 "cpuid 0x80000000.0x0 = 0x3020101 0x0 0x0 0x0\n",
                 {"1 CPUID entry above"}},
        TextCase{"EachCpuHasItsOwnMaximumWhereverItStands",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[5]=00000001 00000000 00000000 00000000\n"
                 "basic_cpuid[0]=00000005 00000000 00000000 00000000\n"
                 "_________________ Logical CPU #1 _________________\n"
                 "basic_cpuid[5]=00000001 00000000 00000000 00000000\n"
                 "basic_cpuid[0]=00000004 00000000 00000000 00000000\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x5 0x0 0x0 0x0\ncpuid 0x5.0x0 = 0x1 0x0 0x0 0x0\n"
                 "cpu 1\ncpuid 0x0.0x0 = 0x4 0x0 0x0 0x0\n",
                 {"1 CPUID entry above"}},
        TextCase{"EqualEntriesOfTwoArrays",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[0]=00000004 00000000 00000000 00000000\n"
                 "basic_cpuid[4]=00000007 00000000 00000000 00000000\n"
                 "intel_fn4[0]=00000007 00000000 00000000 00000000\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x4 0x0 0x0 0x0\ncpuid 0x4.0x0 = 0x7 0x0 0x0 0x0\n"},
        TextCase{"DifferentEntriesOfTwoArrays",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[0]=00000004 00000000 00000000 00000000\n"
                 "basic_cpuid[4]=00000007 00000000 00000000 00000000\n"
                 "intel_fn4[0]=00000008 00000000 00000000 00000000\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x4 0x0 0x0 0x0\ncpuid 0x4.0x0 = 0x7 0x0 0x0 0x0\n",
                 {"1 later reading with another value left out, the first in line 4"}},
        TextCase{"WithoutHeaderButWithAVersion",
                 "version=0.4.0\n"
                 "basic_cpuid[0]=00000001 00000000 00000000 00000000\n",
                 "meta tool = libcpuid 0.4.0\n"
                 "meta cpu_numbers = unknown\n"
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n",
                 {"does not say which CPU it is of"}},
        TextCase{"EndsAtTheDashes",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[0]=00000002 00000000 00000000 00000000\n" +
                     std::string(80, '-') +
                     "\n"
                     "basic_cpuid[1]=00000001 00000000 00000000 00000000\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x2 0x0 0x0 0x0\n"},
        TextCase{"UnreadableEntries",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[0]=00000001 00000000 00000000 00000000\n"
                 "basic_cpuid[1]=00000001 00000000 00000000\n"
                 "basic_cpuid[x]=00000001 00000000 00000000 00000000\n"
                 "ext_cpuid[4294967295]=00000001 00000000 00000000 00000000\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x0 0x0 0x0\n",
                 {"3 lines left out that should be readings and cannot be read, the first is line "
                  "3"}},
        // Eight digits each: the last register lost some, and with them its value.
        TextCase{"CutInTheLastRegister",
                 "_________________ Logical CPU #0 _________________\n"
                 "basic_cpuid[0]=00000001 756e6547 6c65746e 49656e69\n"
                 "basic_cpuid[1]=000506e3 00100800 7ffafbff bfeb",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x756e6547 0x6c65746e 0x49656e69\n",
                 {"1 line left out that should be readings and cannot be read, the first is line "
                  "3"}},
        TextCase{"CpuNumberTooHigh", "_________________ Logical CPU #65536 _________________\n",
                 "error 1:32: expected a CPU number"},
        TextCase{"NothingRead", "version=0.4.0\n", "error 0:0: there is not one reading"}),
    NameOf);

}  // namespace
}  // namespace vtprobe::import
