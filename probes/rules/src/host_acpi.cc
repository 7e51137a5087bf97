// What firmware promises in tables of ACPI: that its SMM code looks at nothing but
// its own memory and what was agreed on, and that the system should keep devices from
// memory from the start. A system that finds no promise does with less.

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>

#include "host_facts.h"
#include "rules.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::rules {
namespace {

// [microsoft/wsmt]: FIXED_COMM_BUFFERS, COMM_BUFFER_NESTED_PTR_PROTECTION and
// SYSTEM_RESOURCE_PROTECTION.
constexpr std::uint32_t kAllOfWsmt = 0x7;
// [intel/vt-d] 8.1: DMA_CTRL_PLATFORM_OPT_IN_FLAG
constexpr std::uint32_t kDmaOptIn = 0x4;

std::vector<Finding> JudgeWsmt(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: its firmware is its host's.");
  }
  const auto text = host.Get(meta::kAcpiWsmt);
  if (text == "none") {
    return host.Say(Outcome::kWarn,
                    "Firmware makes no promise of what SMM touches: there is no "
                    "table WSMT.");
  }
  const auto flags = text ? ParsePrefixedHex<std::uint32_t>(*text) : std::nullopt;
  if (!flags) return host.NotRecorded("what firmware promises of SMM (ACPI's WSMT)");
  if ((*flags & kAllOfWsmt) != kAllOfWsmt) {
    return host.Say(Outcome::kWarn,
                    fmt::format("WSMT promises {:#x} of {:#x}: SMM may touch memory that is not "
                                "its own.",
                                *flags & kAllOfWsmt, kAllOfWsmt));
  }
  return host.Say(Outcome::kPass, "Firmware promises that SMM keeps to its own memory (WSMT).");
}

std::vector<Finding> JudgeDmaOptIn(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: the IOMMU is its host's.");
  }
  if (host.Lacks(registers::kMadeByIntel)) {
    return host.Say(Outcome::kNotApplicable, "These CPUs are not Intel's, whose table says it.");
  }
  const auto table = host.Get(meta::kIommuTable);
  if (table && *table != "DMAR") {
    return host.Say(Outcome::kNotApplicable, "Firmware has no table DMAR, which says it.");
  }
  const auto text = host.Get(meta::kAcpiDmarFlags);
  const auto flags = text ? ParsePrefixedHex<std::uint32_t>(*text) : std::nullopt;
  if (!flags) return host.NotRecorded("whether firmware asks for protection from DMA (DMAR)");
  if ((*flags & kDmaOptIn) == 0) {
    return host.Say(Outcome::kWarn,
                    "Firmware does not ask for protection from devices' DMA: a system that waits "
                    "to be asked goes without.");
  }
  return host.Say(Outcome::kPass, "Firmware asks for protection from devices' DMA.");
}

}  // namespace

const Rule kHostWsmt{
    .id = "host.wsmt",
    .title = "Firmware promises that SMM keeps to its own memory",
    .spec = "[microsoft/wsmt]",
    .severity = Severity::kLow,
    .remedy = "Update the firmware; if it stays, ask the vendor for the table WSMT.",
    .judge = JudgeWsmt};

const Rule kHostDmaOptIn{
    .id = "host.dma_opt_in",
    .title = "Firmware asks for protection from devices' DMA",
    .spec = "[intel/vt-d] 8.1",
    .severity = Severity::kLow,
    .remedy = "Firmware setup: look for \"Kernel DMA Protection\" or \"Pre-boot DMA Protection\".",
    .judge = JudgeDmaOptIn};

}  // namespace vtprobe::rules
