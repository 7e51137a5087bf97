// What a recording costs as text: parsing it and writing it, in bytes of text a
// second. A uniform host is one block whatever its size; distinct CPUs are a
// block each.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "machines.h"
#include "vtprobe/hal/dump.h"

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

}  // namespace
}  // namespace vtprobe::bench
