// What deciding costs: the verdict alone, and all rules on top of it, for hosts
// whose CPUs are all alike and for hosts on which no two are.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "machines.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe::bench {
namespace {

// From a snapshot to the verdict and its words.
void Verdict(benchmark::State& state, Likeness likeness) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const PlatformSnapshot snapshot = MakeMachine(cpus, likeness);
  const bool agree = likeness != Likeness::kDiscordant;
  for (auto _ : state) {
    const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
    benchmark::DoNotOptimize(Headline(verdict));
    benchmark::DoNotOptimize(Explanation(verdict));
    benchmark::DoNotOptimize(Remedy(verdict));
    if (verdict.state != (agree ? State::kEnabled : State::kInconsistent) ||
        verdict.groups.size() != (likeness == Likeness::kUniform ? 1 : cpus)) {
      state.SkipWithError("the verdict is not that of this machine");
      break;
    }
  }
}
BENCHMARK_CAPTURE(Verdict, uniform, Likeness::kUniform)
    ->ArgName("cpus")
    ->Arg(1)
    ->Arg(128)
    ->Arg(1024)
    ->Arg(4096);
BENCHMARK_CAPTURE(Verdict, distinct, Likeness::kDistinct)
    ->ArgName("cpus")
    ->Arg(16)
    ->Arg(128)
    ->Arg(1024)
    ->Arg(4096);
BENCHMARK_CAPTURE(Verdict, discordant, Likeness::kDiscordant)->ArgName("cpus")->Arg(128)->Arg(1024);

// Every rule's findings; the verdict, which rules may look at, is not timed.
void AllRulesJudged(benchmark::State& state, Likeness likeness) {
  const auto cpus = static_cast<std::uint32_t>(state.range(0));
  const PlatformSnapshot snapshot = MakeMachine(cpus, likeness);
  const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
  for (auto _ : state) {
    const std::vector<Finding> findings = JudgeRules({snapshot, verdict});
    if (findings.size() < AllRules().size()) {
      state.SkipWithError("a rule said nothing");
      break;
    }
  }
}
BENCHMARK_CAPTURE(AllRulesJudged, uniform, Likeness::kUniform)
    ->ArgName("cpus")
    ->Arg(1)
    ->Arg(128)
    ->Arg(1024);
BENCHMARK_CAPTURE(AllRulesJudged, distinct, Likeness::kDistinct)
    ->ArgName("cpus")
    ->Arg(128)
    ->Arg(1024)
    ->Arg(4096);

}  // namespace
}  // namespace vtprobe::bench
