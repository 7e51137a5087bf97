// What capture costs apart from the hardware: its threads, the choice of what
// to read, and putting the snapshot together. A recording stands in for the
// machine, so a read is a look-up and neither a trap nor a system call, and
// binding a thread to a CPU that this machine lacks fails at once.

#include <benchmark/benchmark.h>

#include <cstdint>

#include "machines.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe::bench {
namespace {

// What `vtprobe check` reads, of all CPUs; items are readings, and CPU time is
// that of all threads.
void CaptureThroughReplay(benchmark::State& state, Likeness likeness) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const PlatformSnapshot machine = MakeMachine(cpus, likeness);
  ReplayBackend replay(machine);
  const CapturePlan plan{.registers = CheckedRegisters(),
                         .distinct_apic_ids = likeness == Likeness::kDistinct};
  for (auto _ : state) {
    const PlatformSnapshot captured =
        Capture(plan, machine.online(), machine.offline(), machine.metadata(), replay, replay);
    state.PauseTiming();
    const bool same = captured == machine;
    state.ResumeTiming();
    if (!same) {
      state.SkipWithError("what was captured is not what the machine says");
      break;
    }
  }
  const Selection read = machine.Everything();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) *
                          static_cast<std::int64_t>(read.cpuid.size() + read.msrs.size()));
}
BENCHMARK_CAPTURE(CaptureThroughReplay, uniform, Likeness::kUniform)
    ->ArgName("cpus")
    ->Arg(1)
    ->Arg(128)
    ->Arg(1024)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(CaptureThroughReplay, distinct, Likeness::kDistinct)
    ->ArgName("cpus")
    ->Arg(128)
    ->Arg(1024)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace vtprobe::bench
