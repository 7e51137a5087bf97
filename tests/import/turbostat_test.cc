// What turbostat prints of MSRs, one rule a row.

#include <gtest/gtest.h>

#include "import/text_support.h"
#include "importers.h"

namespace vtprobe::import {
namespace {

class Turbostat : public testing::TestWithParam<TextCase> {};

TEST_P(Turbostat, Becomes) { ExpectImport(kTurbostat, GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    All, Turbostat,
    testing::Values(
        TextCase{
            "RegistersAndProse",
            "turbostat version 18.07.27 - An Author <author@example.org>\n"
            "CPUID(0): GenuineIntel 22 CPUID levels; family:model:stepping 0x6:8e:a (6:142:10)\n"
            "cpu0: MSR_IA32_MISC_ENABLE: 0x00850089 (TCC EIST MWAIT PREFETCH TURBO)\n"
            "CPUID(7): SGX\n"
            "cpu0: MSR_IA32_FEATURE_CONTROL: 0x00040005 (Locked SGX)\n"
            "cpu3: MSR_PLATFORM_INFO: 0x804043df1011500\n"
            "4 * 100.0 = 400.0 MHz max efficiency frequency\n"
            "cpu3: PKG Limit #1: ENabled (15.000000 Watts, 28.000000 sec, clamp ENabled)\n"
            "cpu0: EPB: 6 (balanced)\n"
            "cpu0: MSR_PP0_POLICY: 0\n"
            "Core\tCPU\tAvg_MHz\tBusy%\n",
            "meta tool = turbostat version 18.07.27\n"
            "cpu 0\nmsr 0x1a0 = 0x850089\nmsr 0x3a = 0x40005\n"
            "cpu 3\nmsr 0xce = 0x804043df1011500\n"},
        TextCase{"UnlockedAndReplied",
                 "> cpu1: MSR_IA32_FEATURE_CONTROL: 0x00000000 (UN-Locked )\r\n",
                 "cpu 1\nmsr 0x3a = 0x0\n"},
        TextCase{"CommaInThePlaceOfTheColon",
                 "cpu0: MSR_CORE_PERF_LIMIT_REASONS, 0x1c000000 (Active: ) (Logged: )\n",
                 "cpu 0\nmsr 0x690 = 0x1c000000\n"},
        TextCase{"IntelsAndAmdsPowerUnits",
                 "cpu0: MSR_RAPL_POWER_UNIT: 0x000a0e03 (0.125000 Watts)\n"
                 "cpu0: MSR_RAPL_PWR_UNIT: 0x000a1003 (0.125000 Watts)\n",
                 "cpu 0\nmsr 0x606 = 0xa0e03\nmsr 0xc0010299 = 0xa1003\n"},
        TextCase{"Failures",
                 "turbostat: cpu2: msr offset 0x1ad read failed: Input/output error\n"
                 "cpu4: msr offset 0x198 read failed: No such device or address\n"
                 "cpu5: msr offset 0x198 read failed: Bad address\n",
                 "cpu 2\nmsr 0x1ad ! general-protection\ncpu 4\nmsr 0x198 ! cpu-offline\n"
                 "cpu 5\nmsr 0x198 ! io\n"},
        TextCase{
            "UnknownNames",
            "cpu0: MSR_PLATFORM_INFO: 0x1\ncpu0: MSR_OF_TOMORROW: 0x00000001 (new)\n",
            "cpu 0\nmsr 0xce = 0x1\n",
            {"1 register with an unknown name left out, the first in line 2 (MSR_OF_TOMORROW)"}},
        TextCase{"CpuNumberTooHigh", "cpu65536: MSR_PLATFORM_INFO: 0x1\n",
                 "error 1:4: expected a CPU number"},
        TextCase{"NothingRead", "turbostat version 18.07.27\n",
                 "error 0:0: there is not one reading"}),
    NameOf);

}  // namespace
}  // namespace vtprobe::import
