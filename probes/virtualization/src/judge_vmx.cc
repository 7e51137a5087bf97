// Intel, Centaur and Zhaoxin: CPUID offers VMX, IA32_FEATURE_CONTROL switches
// it. [intel/sdm-vol3] 24.6, 24.7

#include <string>
#include <utility>

#include "attribution.h"
#include "judge_cpu.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "what_it_switches.h"

namespace vtprobe {
namespace {

using registers::kCpuid1Ecx;
using registers::kFeatureControl;

// The bits on which Decide() rests.
constexpr std::uint64_t kDeciding = kFeatureControl["LOCK"].mask() |
                                    kFeatureControl["VMX_IN_SMX"].mask() |
                                    kFeatureControl["VMX_OUTSIDE_SMX"].mask();

constexpr CpuidField kSgxLaunchControl = registers::kCpuid7Ecx["SGX_LC"];

VirtualizationGroup Decide(std::uint64_t value, const Context& context) {
  VirtualizationGroup group;
  group.technology = Technology::kVtx;
  const bool measured = context.measured_launch == true;
  const bool in_smx = kFeatureControl["VMX_IN_SMX"].IsSet(value);
  if (!kFeatureControl["LOCK"].IsSet(value)) {
    group.state = State::kUnlocked;
    group.usable = Usable::kNotYet;
  } else if (kFeatureControl["VMX_OUTSIDE_SMX"].IsSet(value)) {
    group.state = State::kEnabled;
    // Linux under tboot runs inside SMX and gives VMX up without the bit for it.
    group.usable = measured && !in_smx ? Usable::kNo : Usable::kYes;
  } else if (in_smx) {
    group.state = State::kEnabledInSmxOnly;
    if (kFeatureControl["SENTER_GLOBAL"].IsSet(value)) {
      group.note = "The SENTER bits are set: firmware has switched Intel TXT on.";
    }
    group.usable = measured ? Usable::kYes : Usable::kNo;
  } else {
    group.state = State::kDisabledLocked;
    group.usable = Usable::kNo;
  }
  return group;
}

VirtualizationGroup JudgeValue(const SwitchQuestion& question, const MsrReading& value,
                               const Context& context) {
  VirtualizationGroup group;
  if (value) {
    group = Decide(*value, context);
  } else if (value.IsPartial()) {
    // Where it is off outside SMX that settles it for all but a measured launch.
    group = DecideByBits(kFeatureControl, value, kDeciding,
                         "Whether a system under a measured launch may use it is not known: "
                         "VMX_IN_SMX is not.",
                         [&](std::uint64_t bits) { return Decide(bits, context); });
    if (group.unread) {
      if (IsKnownOff(kFeatureControl, value) && !context.measured_launch.value_or(false)) {
        group.note += " VT-x is off as it is.";
      }
      return group;
    }
  } else if (value.error() == AccessCode::kGeneralProtection) {
    return SwitchFaults(Technology::kVtx, question.guest);
  } else {
    return Unread(Technology::kVtx, value.error(),
                  "CPUID offers VT-x, but IA32_FEATURE_CONTROL could not be read.");
  }
  AttributionFinding attribution =
      AttributeFeatureControl(value, question.guest.value_or(false), question.sgx_lc, context);
  group.attribution = attribution.who;
  group.attribution_reason = std::move(attribution.reason);
  return group;
}

}  // namespace

std::optional<SwitchQuestion> AskVmxSwitch(const RegisterView& cpu, std::optional<bool> guest) {
  const auto vmx = registers::Read(cpu, registers::kVmx);
  if (!vmx || *vmx == 0) return std::nullopt;
  SwitchQuestion question;
  question.technology = Technology::kVtx;
  question.address = kFeatureControl.address;
  question.guest = guest;
  if (const auto has = registers::Read(cpu, kSgxLaunchControl)) question.sgx_lc = *has != 0;
  question.evidence = {EvidenceOf(cpu, kFeatureControl), EvidenceOf(cpu, kCpuid1Ecx)};
  return question;
}

VirtualizationGroup JudgeVmxSwitch(const SwitchQuestion& question, const MsrReading& value,
                                   const Context& context) {
  VirtualizationGroup group = JudgeValue(question, value, context);
  group.evidence = question.evidence;
  group.evidence.front().value = value;
  return group;
}

VirtualizationGroup JudgeWithoutVmx(const RegisterView& cpu, std::optional<bool> guest) {
  const auto vmx = registers::Read(cpu, registers::kVmx);
  const Evidence feature = EvidenceOf(cpu, kCpuid1Ecx);
  const Evidence control = EvidenceOf(cpu, kFeatureControl);
  if (!vmx) {
    std::string note = "CPUID leaf 1 could not be read.";
    AppendSwitchInWords(" If this CPU offers VT-x: ", kFeatureControl, control.value, &note);
    VirtualizationGroup group = Unread(Technology::kUnknown, vmx.error(), std::move(note));
    group.evidence = WithoutUnasked({control});
    group.evidence.push_back(feature);
    return group;
  }
  VirtualizationGroup group = NotOffered(guest);
  group.evidence = WithoutUnasked({feature, control});
  return group;
}

}  // namespace vtprobe
