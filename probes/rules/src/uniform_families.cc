// Families of registers that must read the same on all CPUs of one core type,
// each compared as a whole: a CPU that was left out differs in many of them,
// and that is one defect.

#include <cstddef>

#include "rules.h"
#include "uniformity.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using namespace registers;  // NOLINT(google-build-using-namespace): half of the table

// Places among the MSRs of uniform.mtrrs.
constexpr std::size_t kFirstRange = 1;
constexpr std::size_t kFirstFixed = kFirstRange + 20;
constexpr std::size_t kDefType = kFirstFixed + 11;

// MTRRs count if E is set, a variable range if its V is, the fixed ones if FE is.
// That MTRRs are on is taken for granted where IA32_MTRR_DEF_TYPE was not read.
// [intel/sdm-vol3] 12.11.2, [amd/apm-vol2] 7.7.2
InForce MtrrInForce(const AlikeCpus& alike, std::size_t msr) {
  if (msr < kFirstRange || msr == kDefType) return {};
  const MsrReading& def_type = alike.readings[kDefType];
  if (def_type && !kMtrrDefType["E"].IsSet(*def_type)) return {Presence::kAbsent};
  if (msr < kFirstFixed) {
    const std::size_t mask = msr + (msr - kFirstRange + 1) % 2;
    return OfRange(alike, msr, mask, kMtrrPhysMask0["V"].mask());
  }
  // One that was not read is named for itself.
  const bool fixed_are_on = def_type && kMtrrDefType["FE"].IsSet(*def_type);
  return {fixed_are_on ? Presence::kPresent : Presence::kAbsent};
}

InForce IorrInForce(const AlikeCpus& alike, std::size_t msr) {
  return OfRange(alike, msr, msr | 1, kIorrMask0["V"].mask());
}

// Places among the MSRs of uniform.ia32_tme_exclude.
constexpr std::size_t kExcludeMask = 1;

InForce TmeExcludeInForce(const AlikeCpus& alike, std::size_t msr) {
  return OfRange(alike, msr, kExcludeMask, kTmeExcludeMask["ENABLE"].mask());
}

// In a storm of errors Linux asks for an interrupt after so many, on the CPU at hand:
// arch/x86/kernel/cpu/mce/intel.c (CMCI_STORM_THRESHOLD).
constexpr std::uint64_t kStormThreshold = 32749;

InForce Ctl2InForce(const AlikeCpus& alike, std::size_t msr) {
  const MsrReading& reading = alike.readings[msr];
  const Field threshold = kMc0Ctl2["CORRECTED_ERROR_COUNT_THRESHOLD"];
  if (reading && threshold.Extract(*reading) == kStormThreshold) return {Presence::kAbsent};
  return {Presence::kPresent, kMc0Ctl2.fields.mask()};
}

std::vector<Finding> Ctl2sAreUniform(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input, {.in_force = Ctl2InForce});
}

std::vector<Finding> TmeExcludeIsUniform(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input, {.in_force = TmeExcludeInForce});
}

std::vector<Finding> MtrrsAreUniform(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input, {.in_force = MtrrInForce});
}

std::vector<Finding> IorrsAreUniform(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input, {.in_force = IorrInForce});
}

}  // namespace

// 0x48B has a rule of its own.
const Rule kUniformVmxCapabilities{
    .id = "uniform.vmx_capabilities",
    .title = "Every CPU offers the same VMX",
    .spec = "[intel/sdm-vol3] appendix A",
    .severity = Severity::kMedium,
    .remedy =
        "Update the firmware, whose microcode reached some CPUs only; if it stays, give the "
        "vendor a recording (vtprobe record).",
    .msrs = {&kVmxBasic, &kVmxPinbasedCtls, &kVmxProcbasedCtls, &kVmxExitCtls, &kVmxEntryCtls,
             &kVmxMisc, &kVmxCr0Fixed0, &kVmxCr0Fixed1, &kVmxCr4Fixed0, &kVmxCr4Fixed1,
             &kVmxVmcsEnum, &kVmxEptVpidCap, &kVmxTruePinbasedCtls, &kVmxTrueProcbasedCtls,
             &kVmxTrueExitCtls, &kVmxTrueEntryCtls, &kVmxVmfunc, &kVmxProcbasedCtls3,
             &kVmxExitCtls2},
    .leaves_out_absent = true,
    .in_guests = true,
    .judge = IsUniform};

const Rule kUniformMtrrs{
    .id = "uniform.mtrrs",
    .title = "Every CPU has the same memory types",
    .spec = "[intel/sdm-vol3] 12.11.8, [amd/apm-vol2] 7.7.5",
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which sets the MTRRs on every CPU; if it stays, give the "
        "vendor a recording (vtprobe record).",
    .msrs = {&kMtrrCap,         &kMtrrPhysBase0,    &kMtrrPhysMask0,    &kMtrrPhysBase1,
             &kMtrrPhysMask1,   &kMtrrPhysBase2,    &kMtrrPhysMask2,    &kMtrrPhysBase3,
             &kMtrrPhysMask3,   &kMtrrPhysBase4,    &kMtrrPhysMask4,    &kMtrrPhysBase5,
             &kMtrrPhysMask5,   &kMtrrPhysBase6,    &kMtrrPhysMask6,    &kMtrrPhysBase7,
             &kMtrrPhysMask7,   &kMtrrPhysBase8,    &kMtrrPhysMask8,    &kMtrrPhysBase9,
             &kMtrrPhysMask9,   &kMtrrFix64K_00000, &kMtrrFix16K_80000, &kMtrrFix16K_A0000,
             &kMtrrFix4K_C0000, &kMtrrFix4K_C8000,  &kMtrrFix4K_D0000,  &kMtrrFix4K_D8000,
             &kMtrrFix4K_E0000, &kMtrrFix4K_E8000,  &kMtrrFix4K_F0000,  &kMtrrFix4K_F8000,
             &kMtrrDefType},
    .leaves_out_absent = true,
    .judge = MtrrsAreUniform};

const Rule kUniformCtl2s{
    .id = "uniform.ia32_mci_ctl2",
    .title = "Every CPU is interrupted by corrected errors of the same banks",
    .spec = "[intel/sdm-vol3] 16.3.2.5, 16.5",
    .severity = Severity::kLow,
    .remedy =
        "Boot without what switches these interrupts off (of Linux mce=no_cmci and "
        "mce=ignore_ce); where the system keeps what firmware set (mce=bios_cmci_threshold), "
        "update the firmware.",
    .msrs = {&kMc0Ctl2,  &kMc1Ctl2,  &kMc2Ctl2,  &kMc3Ctl2,  &kMc4Ctl2,  &kMc5Ctl2,  &kMc6Ctl2,
             &kMc7Ctl2,  &kMc8Ctl2,  &kMc9Ctl2,  &kMc10Ctl2, &kMc11Ctl2, &kMc12Ctl2, &kMc13Ctl2,
             &kMc14Ctl2, &kMc15Ctl2, &kMc16Ctl2, &kMc17Ctl2, &kMc18Ctl2, &kMc19Ctl2, &kMc20Ctl2,
             &kMc21Ctl2, &kMc22Ctl2, &kMc23Ctl2, &kMc24Ctl2, &kMc25Ctl2, &kMc26Ctl2, &kMc27Ctl2,
             &kMc28Ctl2, &kMc29Ctl2, &kMc30Ctl2, &kMc31Ctl2},
    .leaves_out_absent = true,
    .judge = Ctl2sAreUniform};

const Rule kUniformTmeExclude{
    .id = "uniform.ia32_tme_exclude",
    .title = "Every CPU leaves the same memory unencrypted",
    .spec = "[intel/mktme] 4.2.2, 4.2.3",
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which sets the range on every package; if it stays, give the vendor "
        "a recording (vtprobe record).",
    .msrs = {&kTmeExcludeBase, &kTmeExcludeMask},
    .judge = TmeExcludeIsUniform};

const Rule kUniformIorrs{
    .id = "uniform.iorrs",
    .title = "Every CPU sends the same addresses to memory and to devices",
    .spec = "[amd/apm-vol2] 7.9.2",
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which sets the IORRs on every CPU; if it stays, give the vendor a "
        "recording (vtprobe record).",
    .msrs = {&kIorrBase0, &kIorrMask0, &kIorrBase1, &kIorrMask1},
    .judge = IorrsAreUniform};

}  // namespace vtprobe::rules
