// Workers share nothing that is written: each fills the slots of the CPUs that
// fall to it. What a worker reads it keeps to itself until the CPU is done, so
// that no two write into one cache line.

#include "vtprobe/probes/capture.h"

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "assemble.h"
#include "cpu_readings.h"
#include "distinct_apic_ids.h"
#include "read_cpu.h"

namespace vtprobe {

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
