#include "capture/assemble.h"

#include <cstddef>
#include <tuple>
#include <utility>

#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

template <typename Key, typename Reading>
using Readings = CpuReadings::Ascending<Key, Reading>;

// Leaves of the first list what the second one holds too. Both ascend.
template <typename Key, typename Reading>
void KeepCommon(Readings<Key, Reading>* common, const Readings<Key, Reading>& other) {
  auto mine = common->begin();
  auto kept = common->begin();
  for (const auto& entry : other) {
    while (mine != common->end() && mine->first < entry.first) ++mine;
    if (mine == common->end()) break;
    if (*mine == entry) *kept++ = *mine++;
  }
  common->erase(kept, common->end());
}

// Calls `add` with each entry of the first list that is not in the second.
template <typename Key, typename Reading, typename Add>
void ForEachOther(const Readings<Key, Reading>& readings, const Readings<Key, Reading>& common,
                  const Add& add) {
  auto shared = common.begin();
  for (const auto& [key, reading] : readings) {
    while (shared != common.end() && shared->first < key) ++shared;
    if (shared == common.end() || shared->first != key) add(key, reading);
  }
}

}  // namespace

// Each register of a CPU stands in its readings once, and each CPU in one list,
// so the builder has nothing to refuse.
PlatformSnapshot Assemble(const std::vector<LogicalCpu>& cpus, std::vector<CpuReadings> slots,
                          const CpuSet& offline, Metadata metadata) {
  SnapshotBuilder builder;
  builder.metadata() = std::move(metadata);
  const auto add_cpuid = [&](CpuidLeaf leaf, const CpuidReading& reading) {
    std::ignore = builder.AddCpuid(leaf, reading);
  };
  const auto add_msr = [&](MsrAddress address, const MsrReading& reading) {
    std::ignore = builder.AddMsr(address, reading);
  };

  if (!cpus.empty()) {
    auto cpuid = slots.front().cpuid();
    auto msrs = slots.front().msrs();
    std::vector<CpuSet::Range> ranges;
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      KeepCommon(&cpuid, slots[i].cpuid());
      KeepCommon(&msrs, slots[i].msrs());
      ranges.push_back({Number(cpus[i]), Number(cpus[i])});
    }
    std::ignore = builder.OpenBlock(CpuSet(std::move(ranges)));
    for (const auto& [leaf, reading] : cpuid) add_cpuid(leaf, reading);
    for (const auto& [address, reading] : msrs) add_msr(address, reading);
    for (std::size_t i = 0; i < cpus.size(); ++i) {
      std::ignore = builder.OpenBlock(CpuSet(cpus[i]));
      ForEachOther(slots[i].cpuid(), cpuid, add_cpuid);
      ForEachOther(slots[i].msrs(), msrs, add_msr);
      slots[i] = CpuReadings();  // lets go of its memory
    }
  }
  if (!offline.empty()) {
    std::ignore = builder.OpenBlock(offline, SnapshotBuilder::Presence::kOffline);
  }
  return builder.Build();
}

}  // namespace vtprobe
