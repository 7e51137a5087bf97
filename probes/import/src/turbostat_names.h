// The names that turbostat prints of MSRs: those of the Linux source.

#ifndef VTPROBE_PROBES_IMPORT_SRC_TURBOSTAT_NAMES_H_
#define VTPROBE_PROBES_IMPORT_SRC_TURBOSTAT_NAMES_H_

#include <array>

#include "register_names.h"

namespace vtprobe::import {

// Addresses: [intel/sdm-vol4] chapter 2; MSR_RAPL_PWR_UNIT is AMD's, from the
// Processor Programming Reference for family 17h. Ascending by name.
inline constexpr std::array kTurbostatNames = {
    RegisterName{"MSR_ATOM_CORE_RATIOS", 0x66a},
    RegisterName{"MSR_ATOM_CORE_TURBO_RATIOS", 0x66c},
    RegisterName{"MSR_ATOM_CORE_TURBO_VIDS", 0x66d},
    RegisterName{"MSR_ATOM_CORE_VIDS", 0x66b},
    RegisterName{"MSR_CC6_DEMOTION_POLICY_CONFIG", 0x668},
    RegisterName{"MSR_CONFIG_TDP_CONTROL", 0x64b},
    RegisterName{"MSR_CONFIG_TDP_LEVEL_1", 0x649},
    RegisterName{"MSR_CONFIG_TDP_LEVEL_2", 0x64a},
    RegisterName{"MSR_CONFIG_TDP_NOMINAL", 0x648},
    RegisterName{"MSR_CORE_PERF_LIMIT_REASONS", 0x690},
    RegisterName{"MSR_DRAM_PERF_STATUS", 0x61b},
    RegisterName{"MSR_DRAM_POWER_INFO", 0x61c},
    RegisterName{"MSR_DRAM_POWER_LIMIT", 0x618},
    RegisterName{"MSR_GFX_PERF_LIMIT_REASONS", 0x6b0},
    RegisterName{"MSR_HWP_CAPABILITIES", 0x771},
    RegisterName{"MSR_HWP_INTERRUPT", 0x773},
    RegisterName{"MSR_HWP_REQUEST", 0x774},
    RegisterName{"MSR_HWP_REQUEST_PKG", 0x772},
    RegisterName{"MSR_HWP_STATUS", 0x777},
    RegisterName{"MSR_IA32_ENERGY_PERF_BIAS", 0x1b0},
    RegisterName{"MSR_IA32_FEATURE_CONTROL", 0x3a},
    RegisterName{"MSR_IA32_FEAT_CTL", 0x3a},
    RegisterName{"MSR_IA32_MISC_ENABLE", 0x1a0},
    RegisterName{"MSR_IA32_PACKAGE_THERM_INTERRUPT", 0x1b2},
    RegisterName{"MSR_IA32_PACKAGE_THERM_STATUS", 0x1b1},
    RegisterName{"MSR_IA32_POWER_CTL", 0x1fc},
    RegisterName{"MSR_IA32_TEMPERATURE_TARGET", 0x1a2},
    RegisterName{"MSR_IA32_THERM_INTERRUPT", 0x19b},
    RegisterName{"MSR_IA32_THERM_STATUS", 0x19c},
    RegisterName{"MSR_MC6_DEMOTION_POLICY_CONFIG", 0x669},
    RegisterName{"MSR_MISC_FEATURE_CONTROL", 0x1a4},
    RegisterName{"MSR_MISC_PWR_MGMT", 0x1aa},
    RegisterName{"MSR_NHM_PLATFORM_INFO", 0xce},
    RegisterName{"MSR_NHM_SNB_PKG_CST_CFG_CTL", 0xe2},
    RegisterName{"MSR_NHM_TURBO_RATIO_LIMIT", 0x1ad},
    RegisterName{"MSR_PKGC10_IRTL", 0x635},
    RegisterName{"MSR_PKGC3_IRTL", 0x60a},
    RegisterName{"MSR_PKGC6_IRTL", 0x60b},
    RegisterName{"MSR_PKGC7_IRTL", 0x60c},
    RegisterName{"MSR_PKGC8_IRTL", 0x633},
    RegisterName{"MSR_PKGC9_IRTL", 0x634},
    RegisterName{"MSR_PKG_CST_CONFIG_CONTROL", 0xe2},
    RegisterName{"MSR_PKG_PERF_STATUS", 0x613},
    RegisterName{"MSR_PKG_POWER_INFO", 0x614},
    RegisterName{"MSR_PKG_POWER_LIMIT", 0x610},
    RegisterName{"MSR_PLATFORM_INFO", 0xce},
    RegisterName{"MSR_PM_ENABLE", 0x770},
    RegisterName{"MSR_PP0_POLICY", 0x63a},
    RegisterName{"MSR_PP0_POWER_LIMIT", 0x638},
    RegisterName{"MSR_PP1_POLICY", 0x642},
    RegisterName{"MSR_PP1_POWER_LIMIT", 0x640},
    RegisterName{"MSR_RAPL_POWER_UNIT", 0x606},
    RegisterName{"MSR_RAPL_PWR_UNIT", 0xc001'0299},
    RegisterName{"MSR_RING_PERF_LIMIT_REASONS", 0x6b1},
    RegisterName{"MSR_SECONDARY_TURBO_RATIO_LIMIT", 0x650},
    RegisterName{"MSR_TURBO_ACTIVATION_RATIO", 0x64c},
    RegisterName{"MSR_TURBO_RATIO_LIMIT", 0x1ad},
    RegisterName{"MSR_TURBO_RATIO_LIMIT1", 0x1ae},
    RegisterName{"MSR_TURBO_RATIO_LIMIT2", 0x1af},
    RegisterName{"MSR_VR_CURRENT_CONFIG", 0x601},
};
static_assert(AreAscending(kTurbostatNames));

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_TURBOSTAT_NAMES_H_
