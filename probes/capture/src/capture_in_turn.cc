#include "vtprobe/probes/capture_in_turn.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "assemble.h"
#include "cpu_readings.h"
#include "distinct_apic_ids.h"
#include "read_cpu.h"

namespace vtprobe {

struct CaptureInTurn::State {
  State(const CapturePlan& wanted, const CpuSet& online, MsrReader& msrs, CpuidReader& cpuid)
      : plan(wanted),
        task(plan, msrs, cpuid),
        cpus(online),
        numbers(online.ToVector()),
        slots(numbers.size()) {}

  const CapturePlan plan;
  const CpuTask task;
  const CpuSet cpus;
  const std::vector<LogicalCpu> numbers;
  std::vector<CpuReadings> slots;
};

CaptureInTurn::CaptureInTurn(const CapturePlan& plan, const CpuSet& online, MsrReader& msrs,
                             CpuidReader& cpuid)
    : state_(std::make_unique<State>(plan, online, msrs, cpuid)) {}

CaptureInTurn::~CaptureInTurn() = default;

void CaptureInTurn::Read(LogicalCpu cpu) {
  const auto found = std::lower_bound(state_->numbers.begin(), state_->numbers.end(), cpu);
  if (found == state_->numbers.end() || *found != cpu) return;
  const auto place = static_cast<std::size_t>(found - state_->numbers.begin());
  state_->slots[place] = ReadCpu(state_->task, cpu, /*here=*/nullptr);
}

PlatformSnapshot CaptureInTurn::Finish(const CpuSet& offline, Metadata metadata) {
  if (state_->plan.distinct_apic_ids) DistrustSharedApicIds(&state_->slots);
  return Assemble(state_->cpus, state_->slots, offline, std::move(metadata));
}

}  // namespace vtprobe
