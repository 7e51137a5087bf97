// What a person or a script waits for: the whole process, from posix_spawn to
// its end, next to one that does nothing. Beside it stands what the process
// itself used of a CPU, which a busy machine does not stretch as much.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "child_process.h"
#include "machines.h"
#include "temp_folder.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::bench {
namespace {

bool IsWritten(const std::filesystem::path& path, const PlatformSnapshot& snapshot) {
  std::ofstream file(path, std::ios::binary);
  file << WriteDump(snapshot);
  file.close();
  return file.good();
}

// Runs it again and again, as long as it ends with 0.
void RunRepeatedly(benchmark::State& state, const std::vector<std::string>& words) {
  double cpu_seconds = 0;
  for (auto _ : state) {
    const Ended ended = RunProgram(words);
    if (ended.exit_status != 0) {
      state.SkipWithError("the program did not end with 0");
      break;
    }
    cpu_seconds += ended.cpu_seconds;
  }
  state.counters["cpu_seconds"] = {cpu_seconds, benchmark::Counter::kAvgIterations};
}

// The floor: what a process costs that does nothing.
void ProcessTrue(benchmark::State& state) { RunRepeatedly(state, {"/bin/true"}); }
BENCHMARK(ProcessTrue)->UseRealTime()->Unit(benchmark::kMillisecond);

// vtprobe check --replay FILE of an enabled host, which exits with 0.
void ProcessCheck(benchmark::State& state, Likeness likeness) {
  const PlatformSnapshot machine =
      MakeMachine(static_cast<std::uint32_t>(state.range(0)), likeness);
  const TempFolder folder;
  const std::filesystem::path dump = folder.path() / "machine.dump";
  if (!folder.is_made() || !IsWritten(dump, machine)) {
    state.SkipWithError("the dump could not be written");
    return;
  }
  RunRepeatedly(state, {VTPROBE_COMMAND, "check", "--replay", dump.string()});
}
BENCHMARK_CAPTURE(ProcessCheck, uniform, Likeness::kUniform)
    ->ArgName("cpus")
    ->Arg(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ProcessCheck, distinct, Likeness::kDistinct)
    ->ArgName("cpus")
    ->Arg(1024)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace vtprobe::bench
