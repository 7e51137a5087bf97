#include "vtprobe/machine/smi_watch.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kSmiCount;

std::uint32_t Growth(std::uint64_t before, std::uint64_t after) {
  return static_cast<std::uint32_t>(kSmiCount["SMI_COUNT"].Extract(after) -
                                    kSmiCount["SMI_COUNT"].Extract(before));
}

// "0-3,5=0 4=7"
template <typename Key, typename Text>
std::string Listed(const std::map<Key, CpuGathering>& by_key, const Text& text) {
  std::string all;
  for (const auto& [key, cpus] : by_key) {
    if (!all.empty()) all += ' ';
    all.append(cpus.Together().ToString()).append("=").append(text(key));
  }
  return all;
}

}  // namespace

void WatchSmis(MsrReader& msrs, Pause& pause, std::chrono::seconds time,
               PlatformSnapshot* snapshot) {
  std::map<AccessCode, CpuGathering> unread;
  std::vector<std::pair<LogicalCpu, std::uint64_t>> before;
  const auto note = [&](LogicalCpu cpu, AccessCode code) {
    unread[code].Add(CpuSet::Range{Number(cpu), Number(cpu)});
  };
  for (const LogicalCpu cpu : snapshot->online().ToVector()) {
    if (registers::PresenceOf(SnapshotCpu(*snapshot, cpu), kSmiCount) == Presence::kAbsent) {
      continue;
    }
    const auto count = msrs.ReadMsr(cpu, kSmiCount.address);
    if (count) {
      before.emplace_back(cpu, *count);
    } else {
      note(cpu, count.error().code);
    }
  }
  const std::chrono::milliseconds waited =
      before.empty() ? std::chrono::milliseconds::zero() : pause.Wait(time);
  std::map<std::uint32_t, CpuGathering> grew;
  for (const auto& [cpu, count] : before) {
    const auto after = msrs.ReadMsr(cpu, kSmiCount.address);
    if (after) {
      grew[Growth(count, *after)].Add(CpuSet::Range{Number(cpu), Number(cpu)});
    } else {
      note(cpu, after.error().code);
    }
  }
  Metadata& metadata = snapshot->mutable_metadata();
  metadata.Set(meta::kSmiWatchedMs, std::to_string(waited.count()));
  metadata.Set(meta::kSmiGrew, Listed(grew, [](std::uint32_t by) { return std::to_string(by); }));
  metadata.Set(meta::kSmiUnread,
               Listed(unread, [](AccessCode code) { return std::string(Name(code)); }));
}

}  // namespace vtprobe
