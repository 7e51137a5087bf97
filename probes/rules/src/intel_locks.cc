// Registers that firmware locks before it hands over. Those without an entry in
// the manual are read on the models that have them, and a CPU that faults all
// the same does not have them.

#include <cstdint>
#include <optional>

#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kBiosDone;
using registers::kConfigTdpControl;
using registers::kFeatureConfig;
using registers::kFlexRatio;
using registers::kLtLockMemory;
using registers::kMiscEnable;
using registers::kMiscPwrMgmt;
using registers::kPkgCstConfigControl;
using registers::kPkgPowerLimit;
using registers::kPowerMisc;
using registers::kPp0PowerLimit;
using registers::kPp1PowerLimit;
using registers::kSmmFeatureControl;

constexpr std::string_view kUpdate =
    "Update the firmware, which locks this register; if it stays, give the vendor a recording "
    "(vtprobe record).";

// The second bit is not known of all models.
// Those who have the control in the uncore may answer for the address all the
// same: [coreboot/coreboot] src/soc/intel/common/block/smm/smmrelocate.c.
constexpr Requirement kHasCodeCheckInMsr =
    registers::Not(registers::Is(Since(Design::kHaswellE) | Since(Design::kSnowRidge)));

// Bits 63:24 are reserved on Silvermont and Airmont. [intel/sdm-vol4] table 2-8
constexpr Requirement kPowerLimitsCanBeLocked =
    registers::Not(registers::Is(Only(Design::kSilvermont, Design::kAirmont)));

// The designs before MSR_BIOS_DONE have the switch elsewhere, and no second bit.
Opinion GaveUpPrivileges(const CheckedCpu& cpu) {
  const auto misc = cpu.Optional(kPowerMisc);
  const auto done = cpu.Optional(kBiosDone);
  if (misc && !kPowerMisc["ENABLE_IA_UNTRUSTED"].IsSet(*misc)) {
    return {Outcome::kFail, "ENABLE_IA_UNTRUSTED is 0: software has the privileges of firmware."};
  }
  if (done && !kBiosDone["IA_UNTRUSTED"].IsSet(*done)) {
    return {Outcome::kFail, "IA_UNTRUSTED is 0: software has the privileges of firmware."};
  }
  if (done && !kBiosDone["SOC_BIOS_DONE"].IsSet(*done)) {
    return {Outcome::kWarn, "SOC_BIOS_DONE is 0: firmware did not say that it has finished."};
  }
  return {};
}

// Firmware of many client machines leaves the check off, which the manual allows.
// One that is on and not locked can be switched off by whoever gets into SMM.
Opinion ChecksCode(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kSmmFeatureControl];
  if (!kSmmFeatureControl["SMM_CODE_CHK_EN"].IsSet(value)) {
    return {Outcome::kWarn, "SMM_CODE_CHK_EN is 0: SMM may run code that lies outside of SMRAM."};
  }
  if (!kSmmFeatureControl["LOCK"].IsSet(value)) {
    return {Outcome::kFail, "SMM_CODE_CHK_EN is 1 and LOCK is 0: the check can be switched off."};
  }
  return {};
}

// Of a switch that some product wants one way and some the other.
template <const MsrDef& kMsr, std::uint64_t kMask>
constexpr Rule Switched(std::string_view id, std::string_view title, std::string_view remedy) {
  return {.id = id,
          .title = title,
          .spec = kMsr.spec,
          .severity = Severity::kLow,
          .remedy = remedy,
          .msrs = {&kMsr},
          .parameters = kExpect,
          .fault_means_absent = true,
          .judge = IsSwitched<kMask>};
}

}  // namespace

const Rule kIntelSmmCodeCheck{
    .id = "intel.smm.code_check",
    .title = "SMM can't run code that lies outside of SMRAM, and that is locked",
    .spec = kSmmFeatureControl.spec,
    .severity = Severity::kMedium,
    .remedy = kUpdate,
    .msrs = {&kSmmFeatureControl},
    .fault_means_absent = true,  // RDMSR may be allowed in SMM alone
    .otherwise = "Servers have this control in the uncore.",
    .applies = &kHasCodeCheckInMsr,
    .check = ChecksCode};

const Rule kIntelMemoryLock{.id = "intel.memory_lock",
                            .title = "The memory configuration is locked",
                            .spec = kLtLockMemory.spec,
                            .severity = Severity::kHigh,
                            .remedy = kUpdate,
                            .msrs = {&kLtLockMemory},
                            .fault_means_absent = true,
                            .check = BitsAre<kLtLockMemory, kLtLockMemory["LT_LOCK"].mask()>};

const Rule kIntelBiosDone{.id = "intel.bios_done",
                          .title = "Firmware gave up its privileges",
                          .spec = kBiosDone.spec,
                          .severity = Severity::kMedium,
                          .remedy = kUpdate,
                          .msrs = {&kPowerMisc, &kBiosDone},
                          .leaves_out_absent = true,
                          .fault_means_absent = true,
                          .check = GaveUpPrivileges};

const Rule kIntelExecuteDisable{
    .id = "intel.misc_enable.execute_disable",
    .title = "The CPU offers execute-disable",
    .spec = kMiscEnable.spec,
    .severity = Severity::kHigh,
    .remedy =
        "Firmware setup: enable \"Execute Disable Bit\" (XD, NX, No-Execute Memory "
        "Protection).",
    .msrs = {&kMiscEnable},
    .check = BitsAre<kMiscEnable, 0, kMiscEnable["XD_BIT_DISABLE"].mask()>};

const Rule kIntelCpuidLimit{
    .id = "intel.misc_enable.cpuid_limit",
    .title = "CPUID tells all leaves",
    .spec = kMiscEnable.spec,
    .severity = Severity::kMedium,
    .remedy = "Firmware setup: disable \"Limit CPUID Maximum\" (meant for Windows NT 4).",
    .msrs = {&kMiscEnable},
    .check = BitsAre<kMiscEnable, 0, kMiscEnable["LIMIT_CPUID_MAXVAL"].mask()>};

const Rule kIntelCStateLock =
    Switched<kPkgCstConfigControl, kPkgCstConfigControl["CFG_LOCK"].mask()>(
        "intel.c_states.locked",
        "The C-state configuration is locked or open, as expected, on every CPU",
        "Firmware setup: \"CFG Lock\" (MSR 0xE2 lock).");

const Rule kIntelFeatureConfigLock = Switched<kFeatureConfig, kFeatureConfig["LOCK"].mask()>(
    "intel.feature_config.locked",
    "The switch of the AES instructions is locked or open, as expected, on every CPU", kUpdate);

const Rule kIntelFlexRatioLock = Switched<kFlexRatio, kFlexRatio["FLEX_RATIO_LOCK"].mask()>(
    "intel.flex_ratio.locked",
    "The clock ratio that firmware chose is locked or open, as expected, on every CPU",
    "Firmware setup: \"Overclocking Lock\" or \"Flex Ratio Override\".");

const Rule kIntelThermalInterrupts =
    Switched<kMiscPwrMgmt, kMiscPwrMgmt["THERMAL_INTERRUPT_COORDINATION_ENABLE"].mask()>(
        "intel.thermal_interrupts.coordinated",
        "Thermal interrupts go to all cores or to the one concerned, as expected, on every CPU",
        "Update the firmware, which sets this on every core; if it stays, give the vendor a "
        "recording (vtprobe record).");

const Rule kIntelPp0PowerLimitLock = Switched<kPp0PowerLimit, kPp0PowerLimit["LOCK"].mask()>(
    "intel.pp0_power_limit.locked",
    "The cores' power limit is locked or open, as expected, on every CPU",
    "Firmware setup: look for \"Power Limit Lock\" of the cores (PP0, IA).");

const Rule kIntelPp1PowerLimitLock = Switched<kPp1PowerLimit, kPp1PowerLimit["LOCK"].mask()>(
    "intel.pp1_power_limit.locked",
    "The graphics unit's power limit is locked or open, as expected, on every CPU",
    "Firmware setup: look for \"Power Limit Lock\" of graphics (PP1, GT).");

const Rule kIntelConfigTdpLock =
    Switched<kConfigTdpControl, kConfigTdpControl["CONFIG_TDP_LOCK"].mask()>(
        "intel.config_tdp.locked",
        "The choice of the thermal design power is locked or open, as expected, on every CPU",
        "Firmware setup: \"Config TDP Lock\".");

const Rule kIntelPowerLimitLock{
    .id = "intel.power_limit.locked",
    .title = "The package's power limits are locked or open, as expected, on every CPU",
    .spec = kPkgPowerLimit.spec,
    .severity = Severity::kLow,
    .remedy = "Firmware setup: \"Package Power Limit MSR Lock\".",
    .msrs = {&kPkgPowerLimit},
    .parameters = kExpect,
    .fault_means_absent = true,
    .otherwise = "The power limits of these CPUs have no lock.",
    .applies = &kPowerLimitsCanBeLocked,
    .judge = IsSwitched<kPkgPowerLimit["LOCK"].mask()>};

}  // namespace vtprobe::rules
