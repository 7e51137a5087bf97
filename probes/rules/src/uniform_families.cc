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
             &kVmxTrueExitCtls, &kVmxTrueEntryCtls, &kVmxVmfunc, &kVmxProcbasedCtls3},
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
