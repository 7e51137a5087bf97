// CPUID of all CPUs of this machine: our workers beside what else one could do,
// and beside what the instruction itself costs.
//
// All contestants take turns within one iteration, so that a busy neighbour hits
// them alike. Figures are medians of the turns; "best" are the quickest ones,
// in which nobody came in between. All ask for the same leaves and must get the
// same answers:
//   remote     one thread reads /dev/cpu/N/cpuid, CPU after CPU
//   migrating  one thread goes from CPU to CPU and executes the instruction
//   spawned    a capture whose workers are started for it
//   capture    a capture on workers that were started before
//   workers    the same workers, without making a snapshot of the answers
//   floor      the instructions alone, on one CPU

#include <benchmark/benchmark.h>
#include <cpuid.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpuid_instruction.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/linux_cpuid_device.h"
#include "vtprobe/hal/pinned_scope.h"
#include "vtprobe/hal/pinned_workers.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe::bench {
namespace {

constexpr std::size_t kLeaves = 60;

// This machine: its CPUs and the leaves that they are asked for. APIC ids and
// the like differ from CPU to CPU, so an answer of the wrong CPU is found out.
class ThisMachine {
 public:
  ThisMachine() : cpus_(ReadHostContext().online.ToVector()) {
    ReplayBackend no_msrs{PlatformSnapshot()};
    const PlatformSnapshot all = Capture({.registers = {}, .all_cpuid = true}, Online(), CpuSet(),
                                         Metadata(), no_msrs, instruction_);
    for (const auto& [leaf, mask] : all.Everything().cpuid) {
      // What a hypervisor answers may change from one moment to the next.
      const bool is_of_the_cpu = leaf.leaf < 0x4000'0000 || leaf.leaf >= 0x8000'0000;
      if (is_of_the_cpu && leaves_.size() < kLeaves) leaves_.push_back(leaf);
    }
    for (const CpuidLeaf leaf : leaves_) plan_.registers.Add(leaf);
    plan_.distinct_apic_ids = false;
    for (const LogicalCpu cpu : cpus_) {
      for (const CpuidLeaf leaf : leaves_) {
        const CpuidReading reading = all.Cpuid(cpu, leaf);
        expected_.push_back(reading ? Result<CpuidRegisters>(reading->registers)
                                    : Fail(reading.error()));
      }
    }
    answers_ = expected_;
  }

  bool HasEnoughLeaves() const { return leaves_.size() == kLeaves; }

  void Remote() {
    std::size_t next = 0;
    for (const LogicalCpu cpu : cpus_) {
      for (const CpuidLeaf leaf : leaves_) answers_[next++] = device_.ReadCpuid(cpu, leaf);
    }
  }

  void Migrating() {
    auto here = PinnedScope::To(cpus_.front());
    std::size_t next = 0;
    for (const LogicalCpu cpu : cpus_) {
      if (!here || !here->MoveTo(cpu)) return;
      for (const CpuidLeaf leaf : leaves_) {
        answers_[next++] = instruction_.ReadCpuidHere(*here, leaf);
      }
    }
  }

  void Workers() {
    workers_.Run(cpus_, cpus_.size(), [&](std::size_t place, const PinnedScope* here) {
      if (here == nullptr) return;
      std::size_t next = place * leaves_.size();
      for (const CpuidLeaf leaf : leaves_) {
        answers_[next++] = instruction_.ReadCpuidHere(*here, leaf);
      }
    });
  }

  void Spawned() { captured_ = Capture(plan_, Online(), {}, {}, no_msrs_, instruction_); }
  void Kept() { captured_ = Capture(plan_, Online(), {}, {}, no_msrs_, instruction_, workers_); }

  void Floor() const {
    for (const CpuidLeaf leaf : leaves_) {
      CpuidRegisters answer;
      __cpuid_count(leaf.leaf, leaf.subleaf, answer.eax, answer.ebx, answer.ecx, answer.edx);
      benchmark::DoNotOptimize(answer);
    }
  }

  // And forgets what they were.
  bool AnswersAreRight() {
    const bool right = answers_ == expected_;
    std::fill(answers_.begin(), answers_.end(), Fail(AccessCode::kNotRecorded));
    return right;
  }

  bool CapturedRight() {
    std::size_t next = 0;
    for (const LogicalCpu cpu : cpus_) {
      for (const CpuidLeaf leaf : leaves_) {
        const CpuidReading reading = captured_.Cpuid(cpu, leaf);
        if (!reading || reading->registers != expected_[next++]) return false;
      }
    }
    captured_ = PlatformSnapshot();
    return true;
  }

 private:
  CpuSet Online() const {
    std::vector<CpuSet::Range> ranges;
    for (const LogicalCpu cpu : cpus_) ranges.push_back({Number(cpu), Number(cpu)});
    return CpuSet(std::move(ranges));
  }

  CpuidInstruction instruction_;
  LinuxCpuidDevice device_;
  ReplayBackend no_msrs_{PlatformSnapshot()};
  PinnedWorkers workers_;
  std::vector<LogicalCpu> cpus_;
  std::vector<CpuidLeaf> leaves_;
  CapturePlan plan_;
  std::vector<Result<CpuidRegisters>> expected_;  // by CPU and leaf
  std::vector<Result<CpuidRegisters>> answers_;
  PlatformSnapshot captured_;
};

// The turns that one contestant had, in seconds.
class Turns {
 public:
  template <typename Work>
  double Take(const Work& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    seconds_.push_back(took.count());
    return took.count();
  }

  double Quickest() const { return *std::min_element(seconds_.begin(), seconds_.end()); }
  double Median() const {
    std::vector<double> sorted = seconds_;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }

 private:
  std::vector<double> seconds_;
};

void CpuidOfAllCpus(benchmark::State& state) {
  ThisMachine machine;
  if (!machine.HasEnoughLeaves()) {
    state.SkipWithError("skipped: this CPU has too few leaves, or it may not be asked on each CPU");
    return;
  }
  machine.Remote();
  if (!machine.AnswersAreRight()) {
    state.SkipWithError("skipped: there is no cpuid driver, or it is root's to read");
    return;
  }
  Turns remote;
  Turns migrating;
  Turns spawned;
  Turns kept;
  Turns workers;
  Turns floor;
  for (auto _ : state) {
    bool right = true;
    remote.Take([&] { machine.Remote(); });
    right = right && machine.AnswersAreRight();
    migrating.Take([&] { machine.Migrating(); });
    right = right && machine.AnswersAreRight();
    spawned.Take([&] { machine.Spawned(); });
    right = right && machine.CapturedRight();
    state.SetIterationTime(kept.Take([&] { machine.Kept(); }));
    right = right && machine.CapturedRight();
    workers.Take([&] { machine.Workers(); });
    right = right && machine.AnswersAreRight();
    floor.Take([&] { machine.Floor(); });
    if (!right) {
      state.SkipWithError("not every CPU's own answers");
      return;
    }
  }
  for (const auto& [name, turns] : {std::pair("remote", &remote),
                                    {"migrating", &migrating},
                                    {"spawned", &spawned},
                                    {"capture", &kept},
                                    {"workers", &workers},
                                    {"floor", &floor}}) {
    state.counters[std::string(name) + "_us"] = turns->Median() * 1e6;
  }
  state.counters["remote/capture"] = remote.Median() / kept.Median();
  state.counters["remote/workers"] = remote.Median() / workers.Median();
  state.counters["capture/floor"] = kept.Median() / floor.Median();
  state.counters["workers/floor"] = workers.Median() / floor.Median();
  state.counters["best:capture/floor"] = kept.Quickest() / floor.Quickest();
  state.counters["best:workers/floor"] = workers.Quickest() / floor.Quickest();
}
BENCHMARK(CpuidOfAllCpus)->UseManualTime();

}  // namespace
}  // namespace vtprobe::bench
