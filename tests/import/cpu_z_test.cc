// CPU-Z's text reports of several versions, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

class CpuZ : public testing::TestWithParam<TextCase> {};

TEST_P(CpuZ, Becomes) { ExpectImport(kCpuZ, GetParam()); }

constexpr const char* kUnderline =
    "-------------------------------------------------------------------------\n";

INSTANTIATE_TEST_SUITE_P(
    All, CpuZ,
    testing::Values(
        TextCase{"Report",
                 std::string("CPU-Z TXT Report\r\n") + kUnderline + "\r\nBinaries\r\n" +
                     kUnderline + "\r\nCPU-Z version\t\t\t1.52.2\r\n\r\nThread dumps\r\n" +
                     kUnderline +
                     "\r\nCPU Thread 0\t\r\n"
                     "\tAPIC ID\t\t\t0\r\n"
                     "\tMax CPUID level\t\t0000000Ah\r\n"
                     "\tCPUID\t\t \r\n"
                     "\t0x00000000\t\t0x0000000A\t0x756E6547\t0x6C65746E\t0x49656E69\r\n"
                     "\t0x00000004\t\t0x04000121\t0x01C0003F\t0x0000003F\t0x00000001\r\n"
                     "\t0x00000004\t\t0x04000122\t0x01C0003F\t0x0000003F\t0x00000001\r\n"
                     "\r\n"
                     "\tMSR 0x0000001B\t\t0x00000000\t0xFEE00900\r\n"
                     "\tMSR 0x000000CE\t\t0x001B0829\t0x7F7F0718\r\n"
                     "\r\nCPU Thread 1\t\r\n"
                     "\tMSR 0x0000001B\t\t0x00000000\t0xFEE00800\r\n",
                 "meta tool = CPU-Z 1.52.2\n"
                 "cpu 0\n"
                 "cpuid 0x0.0x0 = 0xa 0x756e6547 0x6c65746e 0x49656e69\n"
                 "cpuid 0x4.0x0 = 0x4000121 0x1c0003f 0x3f 0x1\n"
                 "cpuid 0x4.0x1 = 0x4000122 0x1c0003f 0x3f 0x1\n"
                 "msr 0x1b = 0xfee00900\nmsr 0xce = 0x1b08297f7f0718\n"
                 "cpu 1\nmsr 0x1b = 0xfee00800\n",
                 {"numbered in the order of the file"}},
        TextCase{"OldMsrsWithNames",
                 "CPU Thread 0\n"
                 "Function\t\teax\t\tebx\t\tecx\t\tedx\n"
                 "0x00000000\t\t0x00000001\t0x68747541\t0x444D4163\t0x69746E65\n"
                 "MSR 0xC0010042\t\tedx = 0x31061208\teax = 0x06150215\n",
                 "cpu 0\ncpuid 0x0.0x0 = 0x1 0x68747541 0x444d4163 0x69746e65\n"
                 "msr 0xc0010042 = 0x3106120806150215\n"},
        TextCase{"BlanksForTabs",
                 "CPU Thread 3    \n"
                 "    0x00000000        0x0000000A    0x756E6547    0x6C65746E    0x49656E69\n"
                 "    MSR 0x0000003F        0x00000000    0x000000EA\n",
                 "cpu 3\ncpuid 0x0.0x0 = 0xa 0x756e6547 0x6c65746e 0x49656e69\nmsr 0x3f = 0xea\n"},
        TextCase{"NumberedSubleaves",
                 "CPU Thread 0\n"
                 "0x00000004 0x00000002 0x00000001 0x00000000 0x00000000 0x00000000\n",
                 "cpu 0\ncpuid 0x4.0x2 = 0x1 0x0 0x0 0x0\n"},
        TextCase{"OtherSectionsAreOtherDevices",
                 std::string("CPU Thread 0\n"
                             "MSR 0x0000001B 0x00000000 0xFEE00900\n"
                             "Chipset\n") +
                     kUnderline +
                     "MSR 0x0000003A 0x00000000 0x00000005\n"
                     "0x00000000 0x00000001 0x00000002 0x00000003 0x00000004\n",
                 "cpu 0\nmsr 0x1b = 0xfee00900\n"},
        TextCase{"APieceOfAReport",
                 "MSR 0x0000001B\t0x00000000\t0xFEE00900\n",
                 "meta cpu_numbers = unknown\ncpu 0\nmsr 0x1b = 0xfee00900\n",
                 {"does not say which CPU it is of"}},
        TextCase{
            "UnreadableMsr",
            "CPU Thread 0\nMSR 0x0000001B 0x00000000 0xFEE00900\nMSR 0x0000003A 0x00000000\n",
            "cpu 0\nmsr 0x1b = 0xfee00900\n",
            {"1 line left out that should be readings and cannot be read, the first is line 3"}},
        TextCase{"CpuNumberTooHigh", "CPU Thread 65536\n", "error 1:12: expected a CPU number"},
        TextCase{"NothingRead", std::string("CPU-Z TXT Report\n") + kUnderline,
                 "error 0:0: there is not one reading"}),
    NameOf);

}  // namespace
}  // namespace vtprobe::import
