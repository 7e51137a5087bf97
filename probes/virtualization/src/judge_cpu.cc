#include "judge_cpu.h"

#include <string>
#include <utility>

#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kCpuid1Ecx;
using registers::kCpuid80000001Ecx;
using registers::kFeatureControl;
using registers::kVmCr;

std::optional<bool> IsGuest(const RegisterView& cpu, const Context& context) {
  const auto bit = registers::Read(cpu, registers::kHypervisor);
  if (context.stage == Stage::kGuest || (bit && *bit != 0)) return true;
  if (bit || context.stage) return false;
  return std::nullopt;
}

// A hypervisor announces its own leaves; a set bit without them may be garbage.
bool HypervisorAnswers(const RegisterView& cpu) {
  return registers::Read(cpu, registers::kCpuid40000000Eax).value_or(0) >= 0x4000'0000;
}

// Where the vendor is not known the switch can't be named. What a recording
// holds of either is shown all the same.
std::vector<Evidence> Whatever(const RegisterView& cpu) {
  return WithoutUnasked({EvidenceOf(cpu, kFeatureControl), EvidenceOf(cpu, kVmCr),
                         EvidenceOf(cpu, kCpuid1Ecx), EvidenceOf(cpu, kCpuid80000001Ecx)});
}

// A set hypervisor bit alone is no more to be believed than the others.
VirtualizationGroup JudgeTooOld(const RegisterView& cpu, std::optional<bool> guest,
                                const Context& context) {
  const bool real_guest =
      context.stage == Stage::kGuest || (guest == true && HypervisorAnswers(cpu));
  VirtualizationGroup group = NotOffered(real_guest);
  if (!real_guest) {
    group.note = "This CPU predates hardware virtualization, whatever its CPUID bits say.";
  }
  group.evidence =
      WithoutUnasked({EvidenceOf(cpu, registers::kCpuid1Eax), EvidenceOf(cpu, kCpuid1Ecx)});
  return group;
}

VirtualizationGroup JudgeUnknownVendor(const RegisterView& cpu, const std::string& vendor,
                                       std::optional<bool> guest) {
  const auto vmx = registers::Read(cpu, registers::kVmx);
  const auto svm = registers::Read(cpu, registers::kSvm);
  VirtualizationGroup group;
  if (vmx.value_or(0) != 0 || svm.value_or(0) != 0) {
    group.note = "CPUID offers virtualization, but the vendor \"" + vendor +
                 "\" is not known, so neither the bit nor an MSR can be trusted.";
  } else if (!vmx || !svm) {
    group = Unread(Technology::kUnknown, vmx ? svm.error() : vmx.error(),
                   "The vendor \"" + vendor + "\" is not known, and its CPUID is incomplete.");
  } else {
    group = NotOffered(guest);
  }
  group.evidence = Whatever(cpu);
  return group;
}

VirtualizationGroup JudgeWithoutVendor(const RegisterView& cpu, AccessCode code) {
  VirtualizationGroup group = Unread(Technology::kUnknown, code,
                                     "CPUID leaf 0 could not be read, so the vendor is not known.");
  group.evidence = Whatever(cpu);
  group.evidence.push_back(EvidenceOf(cpu, registers::kCpuid0Ebx));
  return group;
}

}  // namespace

VirtualizationGroup NotOffered(std::optional<bool> guest) {
  VirtualizationGroup group;
  if (guest == true) {
    group.technology = Technology::kUnknown;
    group.state = State::kHiddenByHypervisor;
    group.usable = Usable::kUnknown;
    group.attribution = Attribution::kHypervisor;
    group.attribution_reason = "a guest's CPUID shows what its hypervisor lets through";
  } else {
    group.technology = Technology::kNone;
    group.state = State::kUnsupported;
    group.usable = Usable::kNo;
  }
  return group;
}

VirtualizationGroup Unread(Technology technology, AccessCode code, std::string note) {
  VirtualizationGroup group;
  group.technology = technology;
  group.unread = code;
  group.note = std::move(note);
  return group;
}

VirtualizationGroup SwitchFaults(Technology technology, std::optional<bool> guest) {
  VirtualizationGroup group;
  if (guest == false) {
    group.state = State::kContradictory;
    group.note = "CPUID offers the extension, yet the register that switches it faults.";
  } else {
    group = Unread(technology, AccessCode::kGeneralProtection,
                   "The register that switches the extension faults.");
    if (guest == true) {
      group.attribution = Attribution::kHypervisor;
      group.attribution_reason = "it does not emulate the register";
    }
  }
  group.technology = technology;
  return group;
}

std::vector<Evidence> WithoutUnasked(std::vector<Evidence> evidence) {
  std::erase_if(evidence, [](const Evidence& e) {
    return !e.value && e.value.error() == AccessCode::kNotRecorded;
  });
  return evidence;
}

std::optional<SwitchQuestion> AskSwitch(const RegisterView& cpu, const Context& context) {
  const Identity identity = Identify(cpu);
  if (!identity.vendor || PredatesVirtualization(identity)) return std::nullopt;
  switch (*identity.vendor) {
    case Vendor::kIntel:
    case Vendor::kCentaur:
    case Vendor::kZhaoxin:
      return AskVmxSwitch(cpu, IsGuest(cpu, context));
    case Vendor::kAmd:
    case Vendor::kHygon:
      return AskSvmSwitch(cpu, IsGuest(cpu, context));
    case Vendor::kOther:
      return std::nullopt;
  }
  return std::nullopt;
}

VirtualizationGroup JudgeSwitch(const SwitchQuestion& question, const MsrReading& value,
                                const Context& context) {
  return question.technology == Technology::kSvm ? JudgeSvmSwitch(question, value, context)
                                                 : JudgeVmxSwitch(question, value, context);
}

VirtualizationGroup JudgeWithoutSwitch(const RegisterView& cpu, const Context& context) {
  const Identity identity = Identify(cpu);
  if (!identity.vendor_string) return JudgeWithoutVendor(cpu, identity.vendor_string.error());
  const std::optional<bool> guest = IsGuest(cpu, context);
  if (PredatesVirtualization(identity)) return JudgeTooOld(cpu, guest, context);
  switch (*identity.vendor) {
    case Vendor::kIntel:
    case Vendor::kCentaur:
    case Vendor::kZhaoxin:
      return JudgeWithoutVmx(cpu, guest);
    case Vendor::kAmd:
    case Vendor::kHygon:
      return JudgeWithoutSvm(cpu, guest);
    case Vendor::kOther:
      return JudgeUnknownVendor(cpu, *identity.vendor_string, guest);
  }
  return {};
}

}  // namespace vtprobe
