#include "vtprobe/proof/proof.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "vtprobe/hal/pinned_workers.h"

namespace vtprobe {
namespace {

using Clock = std::chrono::steady_clock;

// Another number for each round and CPU. https://prng.di.unimi.it/splitmix64.c
std::uint64_t InputOf(std::uint64_t seed, std::uint64_t round, LogicalCpu cpu) {
  std::uint64_t x = seed + (round << 16 | Number(cpu)) * 0x9e37'79b9'7f4a'7c15;
  x = (x ^ (x >> 30)) * 0xbf58'476d'1ce4'e5b9;
  x = (x ^ (x >> 27)) * 0x94d0'49bb'1331'11eb;
  return x ^ (x >> 31);
}

void RunOnce(GuestRunner& runner, std::uint64_t input, CpuProof* cpu) {
  const auto begin = Clock::now();
  GuestRun run = runner.Run(cpu->cpu, input);
  const auto took = Clock::now() - begin;
  ++cpu->runs;
  if (run.outcome == GuestOutcome::kRan) {
    cpu->slowest = std::max<std::chrono::nanoseconds>(cpu->slowest, took);
    return;
  }
  if (cpu->not_well++ == 0) cpu->run = std::move(run);
}

}  // namespace

Proof MakeProof(GuestProvider provider, const std::vector<CpuProof>& cpus) {
  Proof proof{std::move(provider), {}, std::nullopt};
  std::vector<std::vector<CpuSet::Range>> members;
  for (const CpuProof& cpu : cpus) {
    auto group = std::find_if(proof.groups.begin(), proof.groups.end(),
                              [&](const ProofGroup& other) { return other.run == cpu.run; });
    const auto place = static_cast<std::size_t>(group - proof.groups.begin());
    if (group == proof.groups.end()) {
      group = proof.groups.insert(group, ProofGroup{{}, cpu.run, 0, 0});
      members.emplace_back();
    }
    members[place].push_back({Number(cpu.cpu), Number(cpu.cpu)});
    group->runs += cpu.runs;
    group->not_well += cpu.not_well;
    if (cpu.slowest.count() == 0) continue;
    if (!proof.slowest || cpu.slowest > proof.slowest->took) {
      proof.slowest = SlowestRun{cpu.cpu, cpu.slowest};
    }
  }
  for (std::size_t i = 0; i < proof.groups.size(); ++i) {
    proof.groups[i].cpus = CpuSet(std::move(members[i]));
  }
  std::sort(proof.groups.begin(), proof.groups.end(),
            [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
  return proof;
}

Proof Prove(GuestRunner& runner, GuestProvider provider, const ProofPlan& plan) {
  const std::vector<LogicalCpu> numbers = plan.cpus.ToVector();
  std::vector<CpuProof> cpus;
  cpus.reserve(numbers.size());
  for (const LogicalCpu cpu : numbers) {
    cpus.push_back({.cpu = cpu, .run = {.outcome = GuestOutcome::kRan}});
  }
  PinnedWorkers workers;
  const auto begin = Clock::now();
  std::uint64_t round = 0;
  do {
    workers.Run(
        numbers, numbers.size(),
        [&](std::size_t place, const PinnedScope* here) {
          CpuProof& cpu = cpus[place];
          if (here != nullptr) {
            RunOnce(runner, InputOf(plan.seed, round, cpu.cpu), &cpu);
          } else if (cpu.run.outcome == GuestOutcome::kRan) {
            cpu.run = {GuestOutcome::kNotAsked, "no thread could be bound to it", false};
          }
        },
        plan.progress);
    ++round;
  } while (!numbers.empty() && Clock::now() - begin < plan.at_least);
  return MakeProof(std::move(provider), cpus);
}

Conclusion Conclude(const Proof& proof) {
  const auto any = [&](auto matches) {
    return std::any_of(proof.groups.begin(), proof.groups.end(), matches);
  };
  // Who computes wrongly is wrong, whatever runs it.
  if (any([](const ProofGroup& group) { return group.run.outcome == GuestOutcome::kWrong; })) {
    return Conclusion::kDisproven;
  }
  const bool all_ran = !proof.groups.empty() && !any([](const ProofGroup& group) {
    return group.run.outcome != GuestOutcome::kRan;
  });
  if (!proof.provider.needs_hardware()) {
    return all_ran ? Conclusion::kNoHardware : Conclusion::kNotProven;
  }
  if (all_ran) return Conclusion::kProven;
  const bool is_refused = any([](const ProofGroup& group) {
    return group.run.outcome == GuestOutcome::kRefused && !group.run.is_busy;
  });
  return is_refused ? Conclusion::kDisproven : Conclusion::kNotProven;
}

int ExitCode(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::kProven:
      return 0;
    case Conclusion::kDisproven:
      return 1;
    case Conclusion::kNotProven:
    case Conclusion::kNoHardware:
      return 2;
  }
  return 2;
}

}  // namespace vtprobe
