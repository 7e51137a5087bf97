// Workers share nothing that is written: each fills the slots of the CPUs that
// fall to it. What a worker reads it keeps to itself until the CPU is done, so
// that no two write into one cache line.

#include "vtprobe/probes/capture.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "assemble.h"
#include "cpu_readings.h"
#include "read_cpu.h"
#include "vtprobe/registers/apic_id.h"

namespace vtprobe {
namespace {

void DistrustSharedApicIds(std::vector<CpuReadings>* slots) {
  std::vector<std::pair<std::uint32_t, CpuReadings*>> owners;
  owners.reserve(slots->size());
  for (CpuReadings& slot : *slots) {
    if (const auto id = ApicId(slot)) owners.emplace_back(*id, &slot);
  }
  std::sort(owners.begin(), owners.end());
  for (std::size_t i = 1; i < owners.size(); ++i) {
    if (owners[i - 1].first != owners[i].first) continue;
    owners[i - 1].second->DistrustCpuid();
    owners[i].second->DistrustCpuid();
  }
}

}  // namespace

PlatformSnapshot Capture(const CapturePlan& plan, const CpuSet& online, const CpuSet& offline,
                         Metadata metadata, MsrReader& msrs, CpuidReader& cpuid) {
  PinnedWorkers workers;
  return Capture(plan, online, offline, std::move(metadata), msrs, cpuid, workers);
}

PlatformSnapshot Capture(const CapturePlan& plan, const CpuSet& online, const CpuSet& offline,
                         Metadata metadata, MsrReader& msrs, CpuidReader& cpuid,
                         PinnedWorkers& workers) {
  const CpuTask task(plan, msrs, cpuid);
  const std::vector<LogicalCpu> cpus = online.ToVector();
  std::vector<CpuReadings> slots(cpus.size());
  workers.Run(
      cpus, plan.sequential ? 1 : std::numeric_limits<std::size_t>::max(),
      [&](std::size_t place, const PinnedScope* here) {
        slots[place] = ReadCpu(task, cpus[place], here);
      },
      plan.progress);
  if (plan.distinct_apic_ids) DistrustSharedApicIds(&slots);
  return Assemble(online, slots, offline, std::move(metadata));
}

}  // namespace vtprobe
