// What a recording costs as text: parsing it and writing it, in bytes of text a
// second. A uniform host is one block whatever its size; distinct CPUs are a
// block each. The growth benchmarks count readings, CPUs x registers: their rate
// stays where growth is linear.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "machines.h"
#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe::bench {
namespace {

void CountBytes(benchmark::State& state, const std::string& text) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(text.size()));
}

// From text to a checked snapshot.
void ParseDumpText(benchmark::State& state, Likeness likeness) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const PlatformSnapshot snapshot = MakeMachine(cpus, likeness);
  const std::string text = WriteDump(snapshot);
  for (auto _ : state) {
    const auto parsed = ParseDump(text);
    if (!parsed || parsed->online().Count() != cpus) {
      state.SkipWithError("the dump was not read");
      break;
    }
  }
  if (ParseDump(text) != snapshot) state.SkipWithError("the dump was read as another machine");
  CountBytes(state, text);
}
BENCHMARK_CAPTURE(ParseDumpText, uniform, Likeness::kUniform)->ArgName("cpus")->Arg(1);
BENCHMARK_CAPTURE(ParseDumpText, distinct, Likeness::kDistinct)
    ->ArgName("cpus")
    ->Arg(128)
    ->Arg(1024);

// From a snapshot to text with equal CPUs merged.
void WriteDumpText(benchmark::State& state, Likeness likeness) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const PlatformSnapshot snapshot = MakeMachine(cpus, likeness);
  const std::string expected = WriteDump(snapshot);
  if (ParseDump(expected) != snapshot) {
    state.SkipWithError("what was written reads as another machine");
  }
  for (auto _ : state) {
    const std::string text = WriteDump(snapshot);
    if (text.size() != expected.size()) {
      state.SkipWithError("the dump differs from run to run");
      break;
    }
  }
  CountBytes(state, expected);
}
BENCHMARK_CAPTURE(WriteDumpText, uniform, Likeness::kUniform)->ArgName("cpus")->Arg(1);
BENCHMARK_CAPTURE(WriteDumpText, distinct, Likeness::kDistinct)
    ->ArgName("cpus")
    ->Arg(128)
    ->Arg(1024);

// The same in binary, in bytes of the binary dump.
void ParseBinary(benchmark::State& state, Likeness likeness) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const PlatformSnapshot snapshot = MakeMachine(cpus, likeness);
  const std::string bytes = WriteBinaryDump(snapshot);
  for (auto _ : state) {
    const auto parsed = ParseBinaryDump(bytes);
    if (!parsed || parsed->online().Count() != cpus) {
      state.SkipWithError("the dump was not read");
      break;
    }
  }
  const auto parsed = ParseBinaryDump(bytes);
  if (!parsed || *parsed != snapshot) state.SkipWithError("it was read as another machine");
  CountBytes(state, bytes);
}
BENCHMARK_CAPTURE(ParseBinary, uniform, Likeness::kUniform)->ArgName("cpus")->Arg(1);
BENCHMARK_CAPTURE(ParseBinary, distinct, Likeness::kDistinct)->ArgName("cpus")->Arg(128)->Arg(1024);

// CPUs with so many MSRs each, and no value twice.
PlatformSnapshot MachineOf(std::uint32_t cpus, std::uint32_t registers) {
  SnapshotBuilder builder;
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) {
    if (!builder.OpenBlock(CpuSet(LogicalCpu{cpu}))) return {};
    for (std::uint32_t i = 0; i < registers; ++i) {
      if (!builder.AddMsr(MsrAddress{i * 7}, std::uint64_t{cpu} << 32 | i)) return {};
    }
  }
  return builder.Build();
}

void CountReadings(benchmark::State& state) {
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0) *
                          state.range(1));
}

void ParseGrowth(benchmark::State& state) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const auto registers = static_cast<std::uint32_t>(state.range(1));
  const std::string text = WriteDump(MachineOf(cpus, registers));
  for (auto _ : state) {
    const auto parsed = ParseDump(text);
    if (!parsed || parsed->online().Count() != cpus) {
      state.SkipWithError("the dump was not read");
      break;
    }
  }
  CountReadings(state);
}

void WriteGrowth(benchmark::State& state) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const PlatformSnapshot snapshot = MachineOf(cpus, static_cast<std::uint32_t>(state.range(1)));
  const std::size_t expected = WriteDump(snapshot).size();
  for (auto _ : state) {
    if (WriteDump(snapshot).size() != expected) {
      state.SkipWithError("the dump differs from run to run");
      break;
    }
  }
  CountReadings(state);
}

void Sizes(benchmark::internal::Benchmark* growth) {
  growth->ArgNames({"cpus", "registers"});
  for (const std::int64_t cpus : {1, 16, 256, 4096}) growth->Args({cpus, 50});
  for (const std::int64_t registers : {10, 100, 500}) growth->Args({256, registers});
}
BENCHMARK(ParseGrowth)->Apply(Sizes);
BENCHMARK(WriteGrowth)->Apply(Sizes);

}  // namespace
}  // namespace vtprobe::bench
