// Interrupts of devices pass through the IOMMU, as the kernel's names for their
// controllers tell: without that, a device that is given to a guest can forge them.
// A host that gives away none can do without, so a lack is a warning, unless a
// profile wants it.

#include <fmt/format.h>

#include "host_facts.h"
#include "rules.h"

namespace vtprobe::rules {
namespace {

std::vector<Finding> JudgeInterruptRemapping(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: its interrupts are its host's.");
  }
  const auto state = host.Get(meta::kInterruptRemapping);
  if (!state) return host.NotRecorded("whether interrupts are remapped");
  const std::string_view wanted = host.Choice("expect");
  if (wanted != "any" && state != wanted) {
    return host.Say(Outcome::kFail,
                    fmt::format("Interrupt remapping is {} and should be {}.", *state, wanted));
  }
  if (wanted == "any" && state == "off") {
    return host.Say(Outcome::kWarn,
                    "Interrupts of devices are not remapped: a device that is given to a guest "
                    "can send any CPU any interrupt.");
  }
  return host.Say(Outcome::kPass, fmt::format("Interrupt remapping is {}.", *state));
}

}  // namespace

const Rule kHostInterruptRemapping{
    .id = "host.interrupt_remapping",
    .title = "Interrupts of devices pass through the IOMMU",
    .spec = "[intel/vt-d] 5.1, [amd/iommu] 2.2.5, [linux] arch/x86/kernel/apic/msi.c",
    .severity = Severity::kMedium,
    .remedy =
        "Enable \"VT-d\" (Intel) or \"IOMMU\" (AMD) in firmware setup, and boot without "
        "intremap=off.",
    .parameters = kExpect,
    .judge = JudgeInterruptRemapping};

}  // namespace vtprobe::rules
