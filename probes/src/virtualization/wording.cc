#include "virtualization/wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace vtprobe {
namespace {

std::string TechnologyName(Technology technology, std::optional<Vendor> vendor) {
  switch (technology) {
    case Technology::kVtx:
      return vendor == Vendor::kIntel ? "Intel VT-x" : "VT-x";
    case Technology::kSvm:
      return vendor == Vendor::kAmd ? "AMD-V (SVM)" : "SVM";
    case Technology::kNone:
    case Technology::kUnknown:
      return "Hardware virtualization";
  }
  return {};
}

// What firmware setups call the switch.
std::string SettingName(Technology technology) {
  return technology == Technology::kSvm
             ? "\"SVM Mode\" (also called AMD-V, Secure Virtual Machine)"
             : "\"Intel Virtualization Technology\" (also called VT-x, VMX, Vanderpool)";
}

constexpr std::string_view kPowerOff =
    "save, power the machine off completely (a reboot may not be enough), and start it again";

constexpr std::string_view kAskForNesting =
    "Ask whoever runs the hypervisor for nested virtualization (on KVM: nested=1 of kvm_intel or "
    "kvm_amd, and a CPU model that passes the extension on).";

std::string Cpus(const CpuSet& cpus) {
  return fmt::format("{} {}", cpus.Count() == 1 ? "CPU" : "CPUs", cpus.ToString());
}

// A state in the plain words that follow "is" or "are".
std::string_view Plain(State state) {
  switch (state) {
    case State::kEnabled:
      return "enabled and locked";
    case State::kEnabledUnlocked:
      return "enabled, not locked";
    case State::kEnabledInSmxOnly:
      return "enabled under a measured launch only, and locked";
    case State::kDisabledLocked:
      return "disabled and locked";
    case State::kDisabledUnlocked:
      return "disabled, not locked";
    case State::kDisabledNeedsKey:
      return "disabled and locked with a key";
    case State::kUnlocked:
      return "not locked";
    case State::kUnsupported:
      return "without the extension";
    case State::kHiddenByHypervisor:
      return "hidden by the hypervisor";
    case State::kContradictory:
      return "contradictory";
    case State::kInconsistent:
    case State::kIndeterminate:
      return "not known";
  }
  return {};
}

std::string_view ByWhom(Attribution attribution) {
  switch (attribution) {
    case Attribution::kFirmware:
      return "firmware disabled it and locked the setting";
    case Attribution::kKernel:
      return "the kernel locked the setting with it disabled";
    case Attribution::kFirmwareOrKernel:
      return "it is disabled and the setting is locked, by firmware or by the kernel";
    case Attribution::kHypervisor:
      return "the hypervisor shows it disabled and locked";
    case Attribution::kUnknown:
      return "it is disabled and the setting is locked";
  }
  return {};
}

// One host's verdict while it is put into words.
class Writer {
 public:
  Writer(const WordingInput& input, const VirtualizationVerdict& verdict)
      : input_(input),
        verdict_(verdict),
        technology_(TechnologyName(verdict.technology, input.vendor)) {
    std::vector<CpuSet::Range> unread;
    for (const VirtualizationGroup& group : verdict.groups) {
      if (group.state != State::kIndeterminate) continue;
      unread.insert(unread.end(), group.cpus.ranges().begin(), group.cpus.ranges().end());
    }
    unread_ = CpuSet(std::move(unread));
  }

  std::string Headline() const {
    std::string text = Sentence();
    const bool proven = verdict_.state != State::kIndeterminate;
    if (proven && !unread_.empty()) text += fmt::format(" {} could not be read.", Cpus(unread_));
    return text;
  }

  std::string Explanation() const {
    std::vector<std::string> sentences{Meaning()};
    for (const VirtualizationGroup& group : verdict_.groups) {
      if (!group.note.empty()) AddOnce(&sentences, group.note);
      if (group.unread) {
        AddOnce(&sentences, fmt::format("{}: {}.", Cpus(group.cpus), Describe(*group.unread)));
      }
      if (verdict_.groups.size() > 1 && !group.attribution_reason.empty()) {
        AddOnce(&sentences, fmt::format("{}: set by {}: {}.", Cpus(group.cpus),
                                        Who(group.attribution), group.attribution_reason));
      }
    }
    if (verdict_.groups.size() == 1 && !verdict_.attribution_reason.empty()) {
      sentences.push_back(
          fmt::format("Set by {}: {}.", Who(verdict_.attribution), verdict_.attribution_reason));
    }
    if (!input_.offline.empty()) {
      sentences.push_back(fmt::format("{} {} offline and not judged.", Cpus(input_.offline),
                                      input_.offline.Count() == 1 ? "is" : "are"));
    }
    if (input_.more_cpus) {
      sentences.push_back(
          fmt::format("This covers {} of the processor's {} logical CPUs and "
                      "answers for {} only.",
                      input_.online.Count() + input_.offline.Count(), *input_.more_cpus,
                      input_.online.Count() == 1 ? "that one" : "those"));
    }
    return fmt::format("{}", fmt::join(sentences, " "));
  }

  std::string Remedy() const {
    std::vector<std::string> steps;
    if (verdict_.usable != Usable::kYes) AddOnce(&steps, ForState());
    for (const VirtualizationGroup& group : verdict_.groups) {
      // A guest's missing register is the hypervisor's doing and asked for above.
      if (!group.unread || group.attribution == Attribution::kHypervisor) continue;
      AddOnce(&steps, Capitalized(fmt::format("{}.", Advise(*group.unread))));
    }
    std::erase(steps, std::string());
    return fmt::format("{}", fmt::join(steps, " "));
  }

 private:
  static void AddOnce(std::vector<std::string>* sentences, const std::string& sentence) {
    if (std::find(sentences->begin(), sentences->end(), sentence) == sentences->end()) {
      sentences->push_back(sentence);
    }
  }

  static std::string Capitalized(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
      text[0] = static_cast<char>(text[0] - 'a' + 'A');
    }
    return text;
  }

  static std::string_view Who(Attribution attribution) {
    switch (attribution) {
      case Attribution::kFirmware:
        return "firmware";
      case Attribution::kKernel:
        return "the kernel";
      case Attribution::kFirmwareOrKernel:
        return "firmware or the kernel";
      case Attribution::kHypervisor:
        return "the hypervisor";
      case Attribution::kUnknown:
        return "someone unknown";
    }
    return {};
  }

  // "on all 8 CPUs", "on this CPU", or the list where others were not read.
  std::string Where() const {
    if (!unread_.empty()) return "on " + Cpus(input_.online.Difference(unread_));
    if (input_.online.Count() == 1) return "on this CPU";
    return fmt::format("on all {} CPUs", input_.online.Count());
  }

  std::string Sentence() const {
    switch (verdict_.state) {
      case State::kEnabled:
        if (verdict_.usable == Usable::kYes) {
          return fmt::format("{} is usable {}.", technology_, Where());
        }
        return fmt::format(
            "{} is OFF {}: this is a measured launch, and the locked setting does not allow it "
            "there.",
            technology_, Where());
      case State::kEnabledUnlocked:
        return fmt::format("{} is usable {}; its setting is not locked.", technology_, Where());
      case State::kEnabledInSmxOnly:
        if (verdict_.usable == Usable::kYes) {
          return fmt::format(
              "{} is usable {}: this is a measured launch, and the setting allows "
              "it there.",
              technology_, Where());
        }
        return fmt::format(
            "{} is OFF {}: the locked setting allows it only under a measured "
            "launch (TXT).",
            technology_, Where());
      case State::kDisabledLocked:
        return fmt::format("{} is OFF {}: {}.", technology_, Where(), ByWhom(verdict_.attribution));
      case State::kDisabledNeedsKey:
        return fmt::format("{} is OFF {}: {}; only a key undoes the lock.", technology_, Where(),
                           ByWhom(verdict_.attribution));
      case State::kDisabledUnlocked:
        return fmt::format("{} is OFF {}: it is disabled, but the setting is not locked.",
                           technology_, Where());
      case State::kUnlocked:
        return fmt::format("{} is not usable yet {}: its setting was never locked.", technology_,
                           Where());
      case State::kUnsupported:
        return fmt::format("{} not offer hardware virtualization.",
                           input_.online.Count() == 1 ? "This CPU does" : "These CPUs do");
      case State::kHiddenByHypervisor:
        return fmt::format(
            "Cannot tell: the hypervisor{} hides hardware virtualization from this "
            "guest.",
            input_.hypervisor ? " (" + *input_.hypervisor + ")" : "");
      case State::kContradictory:
        return fmt::format(
            "Cannot tell: CPUID offers {} {}, but the register that switches it is "
            "not there.",
            technology_, Where());
      case State::kInconsistent:
        return fmt::format("{} is NOT usable: CPUs disagree. {}.", technology_, GroupList());
      case State::kIndeterminate:
        return "Cannot tell: " + WhyIndeterminate();
    }
    return {};
  }

  // "63 CPUs (0-16,18-63) are enabled and locked, CPU 17 is disabled and locked"
  std::string GroupList() const {
    std::vector<std::string> parts;
    for (const VirtualizationGroup& group : verdict_.groups) {
      if (group.state == State::kIndeterminate) continue;
      parts.push_back(group.cpus.Count() == 1
                          ? fmt::format("CPU {} is {}", group.cpus.ToString(), Plain(group.state))
                          : fmt::format("{} CPUs ({}) are {}", group.cpus.Count(),
                                        group.cpus.ToString(), Plain(group.state)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  std::string WhyIndeterminate() const {
    if (verdict_.groups.empty()) return "no online CPU is recorded.";
    const auto blocking =
        std::find_if(verdict_.groups.begin(), verdict_.groups.end(),
                     [](const auto& group) { return group.state == State::kIndeterminate; });
    const bool all_unread = unread_ == input_.online;
    if (!all_unread) {
      return fmt::format("{}, but {} could not be read{}.", GroupList(), Cpus(unread_),
                         blocking->unread ? fmt::format(": {}", Describe(*blocking->unread)) : "");
    }
    if (!blocking->unread || verdict_.technology == Technology::kUnknown) {
      return Lowered(blocking->note);
    }
    return fmt::format("{} offered, but its switch ({}) could not be read: {}.",
                       technology_ + " is", SwitchName(), Describe(*blocking->unread));
  }

  // A note as the continuation of a sentence; names keep their capitals.
  static std::string Lowered(std::string note) {
    if (note.starts_with("The ")) note[0] = 't';
    return note;
  }

  std::string_view SwitchName() const {
    return verdict_.technology == Technology::kSvm ? "VM_CR, MSR 0xc0010114"
                                                   : "IA32_FEATURE_CONTROL, MSR 0x3a";
  }

  std::string Meaning() const {
    switch (verdict_.state) {
      case State::kEnabled:
        if (verdict_.usable == Usable::kYes) {
          return "The switch is on and locked: an operating system can use it, and nothing can "
                 "change it until the next reset.";
        }
        return "Under a measured launch (tboot) VMXON needs VMX_IN_SMX, which is clear and locked; "
               "Linux gives VT-x up then.";
      case State::kEnabledUnlocked:
        return "SVM is on; as VM_CR.LOCK is clear, any ring-0 code can still disable it.";
      case State::kEnabledInSmxOnly:
        if (verdict_.usable == Usable::kYes) {
          return "VMX_IN_SMX is set and VMX_OUTSIDE_SMX clear, which is enough under a measured "
                 "launch.";
        }
        return "VMX_IN_SMX is set and VMX_OUTSIDE_SMX clear: VMXON works only after Intel TXT has "
               "started a measured launch with GETSEC[SENTER], as tboot does. An ordinary "
               "operating system finds VT-x switched off, and the lock holds until reset.";
      case State::kDisabledLocked:
        return verdict_.technology == Technology::kSvm
                   ? "VM_CR.SVMDIS is set and locked, and this CPU has no key that undoes it; "
                     "CPUID keeps offering SVM all the same."
                   : "The lock is set with both VMX bits clear, so VMXON faults until the next "
                     "reset; CPUID keeps offering VMX all the same.";
      case State::kDisabledNeedsKey:
        return "VM_CR.SVMDIS is set and locked: only the 64-bit key that firmware wrote to SVM_KEY "
               "undoes it (the register reads 0 whether there is a key or not); CPUID keeps "
               "offering SVM all the same.";
      case State::kDisabledUnlocked:
        return "VM_CR.SVMDIS is set but not locked: ring-0 code may clear it; CPUID keeps offering "
               "SVM all the same.";
      case State::kUnlocked:
        return "VMXON faults until the lock is set, whatever the other bits say. Linux 5.6 and "
               "newer discard what firmware left and lock it themselves; Windows does not.";
      case State::kUnsupported:
        return "CPUID offers neither VT-x nor SVM. Some firmware and some SKUs hide the bit "
               "itself, and software can't tell that from a CPU without the extension.";
      case State::kHiddenByHypervisor:
        return "This is a guest, and its CPUID shows no virtualization. That says nothing about "
               "the "
               "host, its CPU or its firmware.";
      case State::kContradictory:
        return "What CPUID says and what the register does exclude each other on real hardware: a "
               "hypervisor that hides itself, or a defect, may be behind it.";
      case State::kInconsistent:
        return "A hypervisor needs the extension on every CPU: KVM refuses a host on the first bad "
               "one, and which one it names is chance.";
      case State::kIndeterminate:
        return "A value that was not read is not a value, so there is no verdict.";
    }
    return {};
  }

  std::string EnableInSetup() const {
    return fmt::format("Firmware setup: enable {}, {}.", SettingName(verdict_.technology),
                       kPowerOff);
  }

  std::string ForState() const {
    if (verdict_.attribution == Attribution::kHypervisor) return std::string(kAskForNesting);
    switch (verdict_.state) {
      case State::kEnabled:
        return "Boot without tboot, or enable VT-x together with TXT in firmware setup so that it "
               "is allowed inside SMX as well, then power the machine off completely and start it "
               "again.";
      case State::kEnabledInSmxOnly:
        return EnableInSetup() +
               " On some boards it stays restricted as long as TXT is enabled without it. Or boot "
               "under tboot, where this setting is enough.";
      case State::kDisabledLocked:
      case State::kDisabledNeedsKey:
        if (verdict_.attribution == Attribution::kFirmwareOrKernel) {
          return "A kernel built without KVM locks it disabled: boot one with CONFIG_KVM_INTEL and "
                 "look again. " +
                 EnableInSetup();
        }
        return EnableInSetup();
      case State::kDisabledUnlocked:
        return EnableInSetup() + " Or clear VM_CR.SVMDIS from ring 0 before the hypervisor loads.";
      case State::kUnlocked:
        return fmt::format(
            "Firmware setup: enable {} so that firmware locks it, or update the firmware if it "
            "never does. Linux 5.6 or newer with KVM locks it enabled at boot.",
            SettingName(verdict_.technology));
      case State::kEnabledUnlocked:
        return {};
      case State::kUnsupported:
        return "Look in firmware setup for \"Intel Virtualization Technology\" or \"SVM Mode\", in "
               "case firmware hides the extension; otherwise it takes another CPU.";
      case State::kContradictory:
        return "Update firmware and microcode, and check whether this is a guest whose hypervisor "
               "hides itself; keep a recording (vtprobe record) for the vendor.";
      case State::kInconsistent:
        return fmt::format(
            "Firmware did not set all CPUs alike: update it, or toggle {} in firmware setup, {}. "
            "If "
            "the CPUs still differ, give the vendor a recording (vtprobe record).",
            SettingName(verdict_.technology), kPowerOff);
      case State::kIndeterminate:
        if (verdict_.groups.empty()) {
          return "Record the machine again: sudo vtprobe record -o FILE.";
        }
        if (AllHaveReasons()) return {};
        return "Check where this CPUID comes from: a damaged recording, an emulator or an "
               "engineering sample can report a vendor that does not exist.";
      case State::kHiddenByHypervisor:
        return std::string(kAskForNesting);
    }
    return {};
  }

  // Every unread group has an error whose own advice follows.
  bool AllHaveReasons() const {
    return std::all_of(verdict_.groups.begin(), verdict_.groups.end(), [](const auto& group) {
      return group.state != State::kIndeterminate || group.unread.has_value();
    });
  }

  const WordingInput& input_;
  const VirtualizationVerdict& verdict_;
  std::string technology_;
  CpuSet unread_;
};

}  // namespace

void PutIntoWords(const WordingInput& input, VirtualizationVerdict* verdict) {
  const Writer writer(input, *verdict);
  std::string headline = writer.Headline();
  std::string explanation = writer.Explanation();
  std::string remedy = writer.Remedy();
  verdict->headline = std::move(headline);
  verdict->explanation = std::move(explanation);
  verdict->remedy = std::move(remedy);
}

}  // namespace vtprobe
