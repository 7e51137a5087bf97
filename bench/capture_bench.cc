// What capture costs apart from the hardware: its threads, the choice of what
// to read, and putting the snapshot together. A recording stands in for the
// machine, so a read is a look-up and neither a trap nor a system call, and
// binding a thread to a CPU that this machine lacks fails at once. Files stand in
// for the msr driver where the system calls count; sweep_bench reads this machine.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "machines.h"
#include "temp_folder.h"
#include "vtprobe/hal/linux_msr_reader.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/probes/selections.h"

namespace vtprobe::bench {
namespace {

// Compares without the time counting; what is not right gets no rate.
bool IsRight(benchmark::State& state, const PlatformSnapshot& captured,
             const PlatformSnapshot& machine) {
  state.PauseTiming();
  const bool same = captured == machine;
  state.ResumeTiming();
  if (!same) state.SkipWithError("what was captured is not what the machine says");
  return same;
}

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
    if (!IsRight(state, captured, machine)) break;
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

// Addresses that the register table does not know, so that they are always read.
constexpr std::uint32_t kFirstUnknown = 0x4b56'4d00;

std::uint64_t ValueOf(std::uint32_t cpu, std::uint32_t reg) {
  return std::uint64_t{cpu} << 32 | reg;
}

PlatformSnapshot MadeOf(std::uint32_t cpus, std::uint32_t registers) {
  SnapshotBuilder builder;
  bool consistent = true;
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) {
    consistent = consistent && builder.OpenBlock(CpuSet(LogicalCpu{cpu}));
    for (std::uint32_t reg = 0; reg < registers; ++reg) {
      consistent = consistent && builder.AddMsr(MsrAddress{kFirstUnknown + reg}, ValueOf(cpu, reg));
    }
  }
  if (!consistent) throw std::logic_error("the benchmark's machine contradicts itself");
  return builder.Build();
}

// Answers at once, however many CPUs there are, where a recording would have to
// look the CPU up.
class MadeUpReader final : public MsrReader {
 public:
  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override {
    return ValueOf(Number(cpu), Number(address) - kFirstUnknown);
  }
};

void SetReadings(benchmark::State& state, std::int64_t cpus, std::int64_t registers) {
  state.counters["per_reading"] = benchmark::Counter(
      static_cast<double>(cpus * registers),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// How a capture grows with CPUs and registers: linearly, if a reading costs the
// same everywhere. No two readings are alike.
void CaptureGrows(benchmark::State& state) {
  const PlatformSnapshot machine = MadeOf(static_cast<std::uint32_t>(state.range(0)),
                                          static_cast<std::uint32_t>(state.range(1)));
  MadeUpReader msrs;
  ReplayBackend no_cpuid{PlatformSnapshot()};
  const CapturePlan plan{.registers = machine.Everything(), .distinct_apic_ids = false};
  PinnedWorkers workers;
  for (auto _ : state) {
    const PlatformSnapshot captured =
        Capture(plan, machine.online(), {}, {}, msrs, no_cpuid, workers);
    if (!IsRight(state, captured, machine)) break;
  }
  SetReadings(state, state.range(0), state.range(1));
}
BENCHMARK(CaptureGrows)
    ->ArgNames({"cpus", "registers"})
    ->ArgsProduct({{1, 64, 4096}, {10, 70, 500}})
    ->MeasureProcessCPUTime();

// Files that stand in for the msr driver's: register R of CPU N is the 8 bytes at
// offset R of ROOT/N/msr. Plain files can't fault, but they cost the same system
// calls.
void WriteDeviceFiles(const std::filesystem::path& root, std::uint32_t cpus,
                      const std::vector<MsrAddress>& registers) {
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) {
    const std::filesystem::path folder = root / std::to_string(cpu);
    std::filesystem::create_directory(folder);
    std::ofstream file(folder / "msr", std::ios::binary);
    for (const MsrAddress address : registers) {
      const std::uint64_t value = ValueOf(cpu, Number(address));
      file.seekp(Number(address));
      file.write(reinterpret_cast<const char*>(&value), sizeof(value));
    }
  }
}

void CaptureThroughFiles(benchmark::State& state) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  CapturePlan plan{.registers = {}, .absent_msrs = true, .distinct_apic_ids = false};
  for (std::int64_t reg = 0; reg < state.range(1); ++reg) {
    plan.registers.Add(MsrAddress{static_cast<std::uint32_t>(reg) * 8});
  }
  const TempFolder root;
  if (!root.is_made()) {
    state.SkipWithError("there is no folder for the files");
    return;
  }
  WriteDeviceFiles(root.path(), cpus, plan.registers.msrs);
  LinuxMsrReader msrs(root.path().string());
  ReplayBackend no_cpuid{PlatformSnapshot()};
  PinnedWorkers workers;
  for (auto _ : state) {
    const PlatformSnapshot captured =
        Capture(plan, CpuSet{{0, cpus - 1}}, {}, {}, msrs, no_cpuid, workers);
    const MsrAddress last = plan.registers.msrs.back();
    if (captured.Msr(LogicalCpu{cpus - 1}, last) != ValueOf(cpus - 1, Number(last))) {
      state.SkipWithError("what was captured is not what stands in the files");
      break;
    }
  }
  SetReadings(state, state.range(0), state.range(1));
}
BENCHMARK(CaptureThroughFiles)
    ->ArgNames({"cpus", "registers"})
    ->Args({64, 70})
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace vtprobe::bench
