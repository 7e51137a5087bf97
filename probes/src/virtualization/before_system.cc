#include "virtualization/before_system.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "virtualization/attribution.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kFeatureControl;
using registers::kVmCr;

struct Switch {
  const MsrDef* msr;
  Field lock;
};

constexpr std::array kSwitches = {Switch{&kFeatureControl, kFeatureControl["LOCK"]},
                                  Switch{&kVmCr, kVmCr["LOCK"]}};

// The switch that the group's verdict rests on; null where there is none or it
// was not read.
const Switch* SwitchOf(const VirtualizationGroup& group) {
  if (group.evidence.empty() || !group.evidence.front().value) return nullptr;
  const std::string_view name = group.evidence.front().register_name;
  const auto* const found = std::find_if(kSwitches.begin(), kSwitches.end(),
                                         [&](const Switch& a) { return a.msr->name == name; });
  return found == kSwitches.end() ? nullptr : found;
}

// What the switch's value before the operating system ran proves of the group.
// Nothing where it is another one and locked: a lock does not change.
std::optional<AttributionFinding> Attribute(const VirtualizationGroup& group, const Field& lock,
                                            std::uint64_t before) {
  if (before == *group.evidence.front().value) {
    return AttributionFinding{Attribution::kFirmware,
                              "it had this value before the operating system ran"};
  }
  if (lock.IsSet(before)) return std::nullopt;
  // A value that no kernel writes, yet firmware had not written it: somebody
  // between the two did.
  if (group.attribution == Attribution::kFirmware) {
    return AttributionFinding{Attribution::kUnknown,
                              "firmware had left it unlocked, with another value"};
  }
  return AttributionFinding{Attribution::kKernel,
                            "firmware had left it unlocked, and the operating system wrote it"};
}

}  // namespace

std::vector<VirtualizationGroup> AttributeByWhatWasBefore(std::vector<VirtualizationGroup> groups,
                                                          const PlatformSnapshot& before) {
  std::vector<VirtualizationGroup> attributed;
  for (VirtualizationGroup& group : groups) {
    const Switch* const used = SwitchOf(group);
    // What a hypervisor shows is its own before and after.
    if (used == nullptr || group.attribution == Attribution::kHypervisor) {
      attributed.push_back(std::move(group));
      continue;
    }
    CpuSet rest = group.cpus;
    for (auto& [cpus, reading] : before.ReadingsOf(used->msr->address, group.cpus)) {
      auto finding = reading ? Attribute(group, used->lock, *reading) : std::nullopt;
      if (!finding) continue;
      rest = rest.Difference(cpus);
      VirtualizationGroup& part = attributed.emplace_back(group);
      part.cpus = std::move(cpus);
      part.attribution = finding->who;
      part.attribution_reason = std::move(finding->reason);
    }
    if (rest.empty()) continue;
    group.cpus = std::move(rest);
    attributed.push_back(std::move(group));
  }
  std::sort(attributed.begin(), attributed.end(),
            [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
  return attributed;
}

}  // namespace vtprobe
