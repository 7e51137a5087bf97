// AMD and Hygon: CPUID offers SVM, VM_CR switches it. [amd/apm-vol2] 15.4,
// 15.30.1, 15.31

#include <string>
#include <utility>

#include "attribution.h"
#include "judge_cpu.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "what_it_switches.h"

namespace vtprobe {
namespace {

using registers::kCpuid80000001Ecx;
using registers::kCpuid8000000AEax;
using registers::kCpuid8000000AEbx;
using registers::kCpuid8000000AEdx;
using registers::kVmCr;

// The bits on which Decide() rests.
constexpr std::uint64_t kDeciding = kVmCr["LOCK"].mask() | kVmCr["SVMDIS"].mask();

// Leaf 8000_000A describes SVM; a CPU without SVM leaves it 0.
// [amd/apm-vol3] E.4.9
bool SvmLeafIsLive(const RegisterView& cpu) {
  return registers::Read(cpu, kCpuid8000000AEax).value_or(0) != 0 ||
         registers::Read(cpu, kCpuid8000000AEbx).value_or(0) != 0 ||
         registers::Read(cpu, kCpuid8000000AEdx).value_or(0) != 0;
}

// It is off and locked whether or not there is a key.
VirtualizationGroup JudgeLockedOff(const SwitchQuestion& question) {
  VirtualizationGroup group;
  group.technology = Technology::kSvm;
  group.state = question.svml.value_or(0) != 0 ? State::kDisabledNeedsKey : State::kDisabledLocked;
  group.usable = Usable::kNo;
  if (question.svml == 0u) {
    group.note = "This CPU has no key that undoes the lock.";
  } else if (!question.svml) {
    group.note =
        "Whether a key would undo the lock is not known: CPUID leaf 8000_000A, which says whether "
        "this CPU has one, was not read.";
  }
  return group;
}

VirtualizationGroup Decide(const SwitchQuestion& question, std::uint64_t value) {
  const bool locked = kVmCr["LOCK"].IsSet(value);
  const bool disabled = kVmCr["SVMDIS"].IsSet(value);
  if (disabled && locked) return JudgeLockedOff(question);
  VirtualizationGroup group;
  group.technology = Technology::kSvm;
  if (disabled) {
    group.state = State::kDisabledUnlocked;
    group.usable = Usable::kNotYet;
  } else {
    group.state = locked ? State::kEnabled : State::kEnabledUnlocked;
    group.usable = Usable::kYes;
  }
  return group;
}

VirtualizationGroup JudgeValue(const SwitchQuestion& question, const MsrReading& value,
                               const Context& context) {
  VirtualizationGroup group;
  if (value) {
    group = Decide(question, *value);
  } else if (value.IsPartial()) {
    // With SVM on, the lock makes no difference to who wants to use it.
    group = DecideByBits(kVmCr, value, kDeciding, "Whether that is locked is not known.",
                         [&](std::uint64_t bits) { return Decide(question, bits); });
    if (group.unread) {
      if (IsKnownOff(kVmCr, value)) group.note += " SVM is off as it is.";
      return group;
    }
  } else if (value.error() == AccessCode::kGeneralProtection) {
    return SwitchFaults(Technology::kSvm, question.guest);
  } else {
    return Unread(Technology::kSvm, value.error(),
                  "CPUID offers SVM, but VM_CR could not be read.");
  }
  AttributionFinding attribution = AttributeVmCr(value, question.guest, context);
  group.attribution = attribution.who;
  group.attribution_reason = std::move(attribution.reason);
  return group;
}

VirtualizationGroup JudgeNotOffered(const RegisterView& cpu, std::optional<bool> guest) {
  if (!guest) {
    return Unread(
        Technology::kUnknown, AccessCode::kNotRecorded,
        "CPUID offers no SVM, but whether a hypervisor hides it can't be told: CPUID leaf "
        "1 could not be read.");
  }
  VirtualizationGroup group = NotOffered(guest);
  if (group.state == State::kUnsupported && SvmLeafIsLive(cpu)) {
    group.note =
        "CPUID offers no SVM, yet its leaf 8000_000A, which describes SVM, is filled in: firmware "
        "may have cleared the bit.";
  }
  return group;
}

}  // namespace

std::optional<SwitchQuestion> AskSvmSwitch(const RegisterView& cpu, std::optional<bool> guest) {
  const auto svm = registers::Read(cpu, registers::kSvm);
  if (!svm || *svm == 0) return std::nullopt;
  SwitchQuestion question;
  question.technology = Technology::kSvm;
  question.address = kVmCr.address;
  question.guest = guest;
  question.svml = registers::Read(cpu, registers::kSvml);
  question.evidence = {EvidenceOf(cpu, kVmCr), EvidenceOf(cpu, kCpuid80000001Ecx),
                       EvidenceOf(cpu, kCpuid8000000AEdx)};
  return question;
}

VirtualizationGroup JudgeSvmSwitch(const SwitchQuestion& question, const MsrReading& value,
                                   const Context& context) {
  VirtualizationGroup group = JudgeValue(question, value, context);
  group.evidence = question.evidence;
  group.evidence.front().value = value;
  return group;
}

VirtualizationGroup JudgeWithoutSvm(const RegisterView& cpu, std::optional<bool> guest) {
  const auto svm = registers::Read(cpu, registers::kSvm);
  const Evidence feature = EvidenceOf(cpu, kCpuid80000001Ecx);
  const Evidence control = EvidenceOf(cpu, kVmCr);
  if (!svm) {
    std::string note = "CPUID leaf 8000_0001 could not be read.";
    AppendSwitchInWords(" If this CPU offers SVM: ", kVmCr, control.value, &note);
    VirtualizationGroup group = Unread(Technology::kUnknown, svm.error(), std::move(note));
    group.evidence = WithoutUnasked({control});
    group.evidence.push_back(feature);
    return group;
  }
  VirtualizationGroup group = JudgeNotOffered(cpu, guest);
  group.evidence =
      WithoutUnasked({feature, control, EvidenceOf(cpu, kCpuid8000000AEax),
                      EvidenceOf(cpu, kCpuid8000000AEbx), EvidenceOf(cpu, kCpuid8000000AEdx)});
  return group;
}

}  // namespace vtprobe
