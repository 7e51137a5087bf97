#include "judge_cpu.h"

#include <cstddef>
#include <string>
#include <utility>

#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "what_it_switches.h"

namespace vtprobe {
namespace {

using registers::kCpuid1Ecx;
using registers::kCpuid80000001Ecx;
using registers::kFeatureControl;
using registers::kVmCr;

// Whether what the CPU shows is a hypervisor's to show.
std::optional<bool> IsGuest(const RegisterView& cpu, const Context& context) {
  const auto system = context.SystemOf(cpu);
  if (!system) return std::nullopt;
  return *system != System::kBareMetal;
}

// Whether it is the system of a hypervisor that runs its guests in hardware.
bool HoldsExtension(const RegisterView& cpu, const Context& context) {
  return context.partition && context.partition->uses_hardware &&
         context.SystemOf(cpu) == System::kHostPartition;
}

Technology TechnologyOf(Vendor vendor) {
  switch (vendor) {
    case Vendor::kIntel:
    case Vendor::kCentaur:
    case Vendor::kZhaoxin:
      return Technology::kVtx;
    case Vendor::kAmd:
    case Vendor::kHygon:
      return Technology::kSvm;
    case Vendor::kOther:
      return Technology::kUnknown;
  }
  return Technology::kUnknown;
}

// The extension holds up this very system, or nothing could start guests here.
VirtualizationGroup JudgeInUse(const RegisterView& cpu, Technology technology,
                               const HostPartition& partition) {
  VirtualizationGroup group;
  group.technology = technology;
  group.state = State::kInUse;
  group.usable = Usable::kYes;
  group.attribution = Attribution::kHypervisor;
  group.attribution_reason = std::string(partition.hypervisor) + " has switched it on for itself";
  const bool is_svm = technology == Technology::kSvm;
  group.evidence = WithoutUnasked(
      {EvidenceOf(cpu, kCpuid1Ecx), EvidenceOf(cpu, registers::kCpuid40000001Eax),
       EvidenceOf(cpu, registers::kCpuid40000003Ebx), EvidenceOf(cpu, registers::kCpuid40000004Ecx),
       EvidenceOf(cpu, is_svm ? kVmCr : kFeatureControl)});
  return group;
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
  std::string note = "CPUID leaf 0 could not be read, so the vendor is not known.";
  AppendSwitchInWords(" If this is an Intel CPU: ", kFeatureControl,
                      cpu.Msr(kFeatureControl.address), &note);
  AppendSwitchInWords(" If this is an AMD CPU: ", kVmCr, cpu.Msr(kVmCr.address), &note);
  VirtualizationGroup group = Unread(Technology::kUnknown, code, std::move(note));
  group.evidence = Whatever(cpu);
  group.evidence.push_back(EvidenceOf(cpu, registers::kCpuid0Ebx));
  return group;
}

// What the bits of the mask may be, each of the possible.
std::vector<std::uint64_t> PossibleBits(const RegisterReading& reading, std::uint64_t mask) {
  std::vector<std::uint64_t> possible = {reading.known_bits() & mask};
  for (std::uint64_t open = mask & ~reading.known(); open != 0; open &= open - 1) {
    const std::uint64_t bit = open & ~(open - 1);
    const std::size_t count = possible.size();
    for (std::size_t i = 0; i < count; ++i) possible.push_back(possible[i] | bit);
  }
  return possible;
}

// "Only some bits of VM_CR are known, and not LOCK.": those of the mask.
std::string KnownInPart(const MsrDef& msr, const RegisterReading& reading, std::uint64_t mask) {
  std::string text = "Only some bits of ";
  text.append(msr.name).append(" are known, and not ");
  const char* separator = "";
  for (const Field& field : msr.fields) {
    if ((field.mask() & mask & ~reading.known()) == 0) continue;
    text.append(separator).append(field.name);
    separator = ", ";
  }
  return text += '.';
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

VirtualizationGroup DecideByBits(const MsrDef& msr, const MsrReading& value, std::uint64_t mask,
                                 std::string_view if_state_is_open,
                                 const std::function<VirtualizationGroup(std::uint64_t)>& decide) {
  std::optional<VirtualizationGroup> group;
  for (const std::uint64_t bits : PossibleBits(value, mask)) {
    VirtualizationGroup possible = decide(bits);
    if (!group) {
      group = std::move(possible);
      continue;
    }
    if (possible.usable != group->usable) {
      return Unread(group->technology, AccessCode::kNotRecorded, KnownInPart(msr, value, mask));
    }
    if (possible.state != group->state) group->note = if_state_is_open;
  }
  return *std::move(group);
}

bool IsKnownOff(const MsrDef& msr, const MsrReading& value) {
  if (&msr == &registers::kVmCr) {
    const std::uint64_t off = registers::kVmCr["SVMDIS"].mask();
    return value.Knows(off) && (value.known_bits() & off) != 0;
  }
  const std::uint64_t on = registers::kFeatureControl["VMX_OUTSIDE_SMX"].mask();
  return value.Knows(on) && (value.known_bits() & on) == 0;
}

std::vector<Evidence> WithoutUnasked(std::vector<Evidence> evidence) {
  std::erase_if(evidence, [](const Evidence& e) { return e.value.IsUnrecorded(); });
  return evidence;
}

std::optional<SwitchQuestion> AskSwitch(const RegisterView& cpu, const Context& context) {
  const Identity identity = Identify(cpu);
  if (!identity.vendor || PredatesVirtualization(identity)) return std::nullopt;
  if (HoldsExtension(cpu, context)) return std::nullopt;
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
  const Technology technology = TechnologyOf(*identity.vendor);
  if (technology != Technology::kUnknown && HoldsExtension(cpu, context)) {
    return JudgeInUse(cpu, technology, *context.partition);
  }
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
