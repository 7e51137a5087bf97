#include "before_system.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "attribution.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/hal/overlaps.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kFeatureControl;
using registers::kVmCr;

struct Switch {
  const MsrDef* msr;
  Field lock;
  bool survives_warm_reset;
};

// [intel/sdm-vol3] 24.7; [amd/apm-vol2] 15.30.1
constexpr std::array kSwitches = {Switch{&kFeatureControl, kFeatureControl["LOCK"], true},
                                  Switch{&kVmCr, kVmCr["LOCK"], false}};

// The place of the switch that the group's verdict rests on; nothing where there
// is none or it was not read.
std::optional<std::size_t> SwitchOf(const VirtualizationGroup& group) {
  if (group.evidence.empty() || !group.evidence.front().value) return std::nullopt;
  const RegisterDefinition used = group.evidence.front().definition;
  const auto* const found = std::find_if(kSwitches.begin(), kSwitches.end(), [&](const Switch& a) {
    return used == RegisterDefinition(a.msr);
  });
  if (found == kSwitches.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kSwitches.begin());
}

// What the CPUs of each group read before.
using Earlier = std::vector<std::vector<std::pair<CpuSet, std::uint64_t>>>;

Earlier EarlierOf(const MsrDef& msr, const std::vector<VirtualizationGroup>& groups,
                  const PlatformSnapshot& before) {
  const auto readings = before.Values(msr.address);
  Earlier earlier(groups.size());
  const auto cpus_of = [](const VirtualizationGroup& group) -> const CpuSet& { return group.cpus; };
  for (Overlap& overlap : FindOverlaps({groups, cpus_of}, CpuGroups(readings))) {
    const MsrReading& reading = readings[overlap.b].second;
    if (reading) earlier[overlap.a].emplace_back(std::move(overlap.cpus), *reading);
  }
  return earlier;
}

// What the switch's value before the operating system ran proves of the group.
// Nothing where it is another one and locked, since a lock does not change; and
// nothing where it may be older than this boot.
std::optional<AttributionFinding> Attribute(const VirtualizationGroup& group, const Switch& used,
                                            std::uint64_t before, bool cold_boot) {
  if (before == *group.evidence.front().value) {
    if (used.survives_warm_reset && !cold_boot) return std::nullopt;
    return AttributionFinding{Attribution::kFirmware,
                              "it had this value before the operating system ran"};
  }
  if (used.lock.IsSet(before)) return std::nullopt;
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
  const bool cold_boot = before.metadata().Get(meta::kBoot) == "cold";
  std::array<Earlier, kSwitches.size()> earlier;
  for (std::size_t i = 0; i < kSwitches.size(); ++i) {
    earlier.at(i) = EarlierOf(*kSwitches.at(i).msr, groups, before);
  }
  std::vector<VirtualizationGroup> attributed;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    VirtualizationGroup& group = groups[i];
    const std::optional<std::size_t> used = SwitchOf(group);
    // What a hypervisor shows is its own before and after.
    if (!used || group.attribution == Attribution::kHypervisor) {
      attributed.push_back(std::move(group));
      continue;
    }
    CpuGathering proven;
    for (auto& [cpus, value] : earlier.at(*used)[i]) {
      auto finding = Attribute(group, kSwitches.at(*used), value, cold_boot);
      if (!finding) continue;
      proven.Add(cpus);
      VirtualizationGroup& part = attributed.emplace_back(group);
      part.cpus = std::move(cpus);
      part.attribution = finding->who;
      part.attribution_reason = std::move(finding->reason);
    }
    CpuSet rest = group.cpus.Difference(proven.Together());
    if (rest.empty()) continue;
    group.cpus = std::move(rest);
    attributed.push_back(std::move(group));
  }
  std::sort(attributed.begin(), attributed.end(),
            [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
  return attributed;
}

}  // namespace vtprobe
