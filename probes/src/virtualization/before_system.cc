#include "virtualization/before_system.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

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

void Attribute(const Field& lock, std::uint64_t before, VirtualizationGroup* group) {
  if (before == *group->evidence.front().value) {
    group->attribution = Attribution::kFirmware;
    group->attribution_reason = "it had this value before the operating system ran";
  } else if (!lock.IsSet(before)) {
    // A value that no kernel writes, yet firmware had not written it: somebody
    // between the two did.
    const bool never_the_kernel = group->attribution == Attribution::kFirmware;
    group->attribution = never_the_kernel ? Attribution::kUnknown : Attribution::kKernel;
    group->attribution_reason =
        never_the_kernel ? "firmware had left it unlocked, with another value"
                         : "firmware had left it unlocked, and the operating system wrote it";
  }
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
    VirtualizationGroup as_it_was = std::move(group);
    CpuSet rest = as_it_was.cpus;
    for (auto& [cpus, reading] : before.ReadingsOf(used->msr->address, as_it_was.cpus)) {
      if (!reading) continue;
      VirtualizationGroup part = as_it_was;
      Attribute(used->lock, *reading, &part);
      if (part.attribution == as_it_was.attribution &&
          part.attribution_reason == as_it_was.attribution_reason) {
        continue;
      }
      rest = rest.Difference(cpus);
      part.cpus = std::move(cpus);
      attributed.push_back(std::move(part));
    }
    if (rest.empty()) continue;
    as_it_was.cpus = std::move(rest);
    attributed.push_back(std::move(as_it_was));
  }
  std::sort(attributed.begin(), attributed.end(),
            [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
  return attributed;
}

}  // namespace vtprobe
