#include "read_cpu.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cpuid_walk.h"
#include "vtprobe/registers/apic_id.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

// The serial number of a Pentium III. [intel/sdm-vol2] CPUID, leaf 3
constexpr std::uint32_t kSerialNumberLeaf = 3;

// More than a CPU of today answers; one that answers more costs an allocation.
constexpr std::size_t kLeavesOfAWalk = 160;

MsrReading ReadingOf(const Result<std::uint64_t>& answer) {
  return answer ? MsrReading(*answer) : tl::unexpected(answer.error().code);
}

void ReadCpuidLeaves(const CpuTask& task, LogicalCpu cpu, const PinnedScope* here,
                     CpuReadings* readings) {
  // A reader that could not go to the CPU for one leaf can't for the next.
  bool is_out_of_reach = false;
  const auto read = [&](CpuidLeaf leaf) -> Result<CpuidRegisters> {
    if (here != nullptr) return task.cpuid.ReadCpuidHere(*here, leaf);
    if (is_out_of_reach) return Fail(AccessCode::kNotPinned);
    const Result<CpuidRegisters> answer = task.cpuid.ReadCpuid(cpu, leaf);
    is_out_of_reach = !answer && answer.error().code == AccessCode::kNotPinned;
    return answer;
  };
  const auto ask = [&](CpuidLeaf leaf) -> CpuidReading {
    if (leaf.leaf == kSerialNumberLeaf && !task.plan.identifiers) {
      return tl::unexpected(AccessCode::kNotRecorded);
    }
    const Result<CpuidRegisters> answer = read(leaf);
    // An instruction answers with four registers, whichever were asked for.
    const CpuidReading reading =
        answer ? CpuidReading(PartialCpuid{*answer}) : tl::unexpected(answer.error().code);
    readings->Add(leaf, reading);
    return reading;
  };
  if (task.plan.all_cpuid) WalkCpuid(ask);
  for (const CpuidLeaf leaf : task.leaves) {
    // Beyond the highest leaf a CPU may answer with another leaf's data.
    const bool absent = registers::LeafPresence(*readings, leaf.leaf) == Presence::kAbsent;
    if (!absent && !readings->Has(leaf)) ask(leaf);
  }
}

// Registers of which is known that the CPU has them are asked for together.
// Whether it has one may depend on another, wherever that stands: first all
// that wait to be asked for are read, then those of which nothing is known even
// so wait until the end.
class MsrSweep {
 public:
  MsrSweep(const CpuTask& task, LogicalCpu cpu, CpuReadings* readings)
      : task_(task), cpu_(cpu), readings_(*readings) {
    present_.reserve(task.gates.size());
    answers_.reserve(task.gates.size());
  }

  void Run() {
    const std::vector<MsrAddress>& msrs = task_.plan.registers.msrs;
    std::vector<std::size_t> undecided;
    for (std::size_t i = 0; i < msrs.size(); ++i) {
      Presence presence = PresenceOf(i);
      if (presence == Presence::kUnknown && !present_.empty()) {
        ReadPresent();
        presence = PresenceOf(i);
      }
      if (presence == Presence::kPresent) present_.push_back(msrs[i]);
      if (presence == Presence::kUnknown) undecided.push_back(i);
    }
    ReadPresent();
    for (const std::size_t i : undecided) {
      if (PresenceOf(i) == Presence::kAbsent) continue;
      readings_.Add(msrs[i], ReadingOf(task_.msrs.ReadMsr(cpu_, msrs[i])));
    }
  }

 private:
  Presence PresenceOf(std::size_t i) const {
    const PresenceGate gate = task_.gates[i];
    return gate == nullptr ? Presence::kPresent : gate(readings_);
  }

  void ReadPresent() {
    answers_.resize(present_.size());
    task_.msrs.ReadMsrs(cpu_, present_, answers_);
    for (std::size_t i = 0; i < present_.size(); ++i) {
      readings_.Add(present_[i], ReadingOf(answers_[i]));
    }
    present_.clear();
  }

  const CpuTask& task_;
  const LogicalCpu cpu_;
  CpuReadings& readings_;
  std::vector<MsrAddress> present_;
  std::vector<Result<std::uint64_t>> answers_;
};

}  // namespace

CpuTask::CpuTask(const CapturePlan& capture_plan, MsrReader& msr_reader, CpuidReader& cpuid_reader)
    : plan(capture_plan), msrs(msr_reader), cpuid(cpuid_reader) {
  for (const auto& [leaf, mask] : plan.registers.cpuid) leaves.push_back(leaf);
  if (plan.distinct_apic_ids) {
    for (const auto& [leaf, mask] : ApicIdRegisters().cpuid) {
      if (!plan.registers.cpuid.contains(leaf)) leaves.push_back(leaf);
    }
    std::sort(leaves.begin(), leaves.end());
  }
  gates.reserve(plan.registers.msrs.size());
  for (const MsrAddress address : plan.registers.msrs) {
    const MsrDef* const msr = plan.absent_msrs ? nullptr : registers::FindMsr(address);
    gates.push_back(msr == nullptr ? nullptr : msr->present);
  }
}

CpuReadings ReadCpu(const CpuTask& task, LogicalCpu cpu, const PinnedScope* here) {
  CpuReadings readings;
  readings.Reserve(task.leaves.size() + (task.plan.all_cpuid ? kLeavesOfAWalk : 0),
                   task.gates.size());
  ReadCpuidLeaves(task, cpu, here, &readings);
  MsrSweep(task, cpu, &readings).Run();
  return readings;
}

}  // namespace vtprobe
