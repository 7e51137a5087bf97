// What a person does next, specific to the state and to who is behind it.

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "phrases.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

using phrases::AddOnce;

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

std::string Capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  return text;
}

std::string EnableInSetup(Technology technology) {
  return fmt::format("Firmware setup: enable {}, {}.", SettingName(technology), kPowerOff);
}

// Every unread group has an error whose own advice follows.
bool AllHaveReasons(const VirtualizationVerdict& verdict) {
  return std::all_of(verdict.groups.begin(), verdict.groups.end(), [](const auto& group) {
    return group.state != State::kIndeterminate || group.unread.has_value();
  });
}

// A guest's registers are its virtual firmware's to set, and its hypervisor's
// to offer.
std::string InAGuest(State state) {
  if (state == State::kUnlocked || state == State::kInconsistent) {
    return "A guest's own firmware sets and locks this register on each virtual CPU, hot-plugged "
           "ones included: update it (OVMF, SeaBIOS) and restart the guest. If that does not help, "
           "ask whoever runs the hypervisor.";
  }
  return std::string(kAskForNesting);
}

std::string ForState(const VirtualizationVerdict& verdict) {
  if (verdict.partition && verdict.state == State::kHiddenByHypervisor) {
    return "Ask Xen what guests it offers: xl info shows hvm in xen_caps where it runs them in "
           "hardware, and xl dmesg says why it does not.";
  }
  if (verdict.attribution == Attribution::kHypervisor) return InAGuest(verdict.state);
  switch (verdict.state) {
    case State::kEnabled:
      return "Boot without tboot, or enable VT-x together with TXT in firmware setup so that it "
             "is allowed inside SMX as well, then power the machine off completely and start it "
             "again.";
    case State::kEnabledInSmxOnly:
      return EnableInSetup(verdict.technology) +
             " On some boards it stays restricted as long as TXT is enabled without it. Or boot "
             "under tboot, where this setting is enough.";
    case State::kDisabledLocked:
    case State::kDisabledNeedsKey:
      if (verdict.attribution == Attribution::kFirmwareOrKernel) {
        return "A kernel built without KVM locks it disabled: boot one with CONFIG_KVM_INTEL and "
               "look again. " +
               EnableInSetup(verdict.technology);
      }
      return EnableInSetup(verdict.technology);
    case State::kDisabledUnlocked:
      return EnableInSetup(verdict.technology) +
             " Or clear VM_CR.SVMDIS from ring 0 before the hypervisor loads.";
    case State::kUnlocked:
      return fmt::format(
          "Firmware setup: enable {} so that firmware locks it, or update the firmware if it "
          "never does. Linux 5.6 or newer with KVM locks it enabled at boot.",
          SettingName(verdict.technology));
    case State::kInUse:
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
          SettingName(verdict.technology), kPowerOff);
    case State::kIndeterminate:
      if (verdict.groups.empty()) {
        return "Record the machine again: sudo vtprobe record -o FILE.";
      }
      if (AllHaveReasons(verdict)) return {};
      return "Check where this CPUID comes from: a damaged recording, an emulator or an "
             "engineering sample can report a vendor that does not exist.";
    case State::kHiddenByHypervisor:
      return std::string(kAskForNesting);
  }
  return {};
}

// What is to be done about what only guests showed.
std::string ForGuests(const SeenGuests& guests) {
  const CpuSet failed = guests.wrong.Union(guests.disproven);
  if (!failed.empty()) {
    return fmt::format(
        "Look for what the kernel says of kvm (dmesg), update firmware and microcode, and ask the "
        "CPUs again: vtprobe prove --cpus {} --seconds 60. One that still fails is defective.",
        failed.ToString());
  }
  if (!guests.contradicted.empty()) {
    return "Keep a recording (vtprobe record) and the output of vtprobe prove: they can't both be "
           "right.";
  }
  return {};
}

}  // namespace

std::string Remedy(const VirtualizationVerdict& verdict) {
  std::vector<std::string> steps;
  if (verdict.guests) AddOnce(&steps, ForGuests(*verdict.guests));
  // CPUs that are all usable and still differ fail the host as well; of one on which
  // guests fail the registers tell no cause.
  const bool is_by_registers =
      !verdict.guests || (verdict.guests->disproven.empty() && verdict.guests->wrong.empty());
  if (is_by_registers && ExitCode(verdict) != 0) AddOnce(&steps, ForState(verdict));
  for (const VirtualizationGroup& group : verdict.groups) {
    if (!group.unread || group.usable == Usable::kYes) continue;
    // A guest's missing register is the hypervisor's doing.
    AddOnce(&steps, group.attribution == Attribution::kHypervisor
                        ? std::string(kAskForNesting)
                        : Capitalized(fmt::format("{}.", Advise(*group.unread))));
  }
  return fmt::format("{}", fmt::join(steps, " "));
}

}  // namespace vtprobe
