#include "read_cpu.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cpuid_walk.h"
#include "vtprobe/registers/apic_id.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/identifiers.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

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
    if (registers::Identifies(leaf) && !task.plan.identifiers) {
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

// Registers of which is known that the CPU has them are asked for together, one
// batch after the other: whether it has one may depend on those of an earlier
// batch. Those of which nothing is known even so wait until the end.
class MsrSweep {
 public:
  MsrSweep(const CpuTask& task, LogicalCpu cpu, CpuReadings* readings)
      : task_(task), cpu_(cpu), readings_(*readings), model_(registers::ReadModel(*readings)) {}

  void Run() {
    std::vector<const PlannedMsr*> undecided;
    std::size_t begin = 0;
    for (const std::size_t end : task_.batch_ends) {
      for (std::size_t i = begin; i < end; ++i) {
        const PlannedMsr& msr = task_.msrs_in_order[i];
        const Presence presence = PresenceOf(msr);
        if (presence == Presence::kPresent) present_.push_back(msr.address);
        if (presence == Presence::kUnknown) undecided.push_back(&msr);
      }
      ReadPresent();
      begin = end;
    }
    for (const PlannedMsr* const msr : undecided) {
      if (PresenceOf(*msr) == Presence::kAbsent) continue;
      readings_.Add(msr->address, ReadingOf(task_.msrs.ReadMsr(cpu_, msr->address)));
    }
  }

 private:
  // Before it was read.
  Presence PresenceOf(const PlannedMsr& msr) const {
    if (msr.def == nullptr) return Presence::kPresent;
    if (registers::IsAnotherMakers(model_, *msr.def)) return Presence::kAbsent;
    return registers::Meets(readings_, model_, msr.def->present->requirement);
  }

  void ReadPresent() {
    if (present_.empty()) return;
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
  const registers::CpuModel model_;
  std::vector<MsrAddress> present_;
  std::vector<Result<std::uint64_t>> answers_;
};

// How many of the MSRs that the presence of one depends on depend on each other.
// None depends on itself, as the table asserts.
std::size_t DepthOf(const MsrDef& msr) {  // NOLINT(misc-no-recursion)
  std::vector<const MsrDef*> deciding;
  registers::AddMsrsLookedAt(msr.present->requirement, &deciding);
  std::size_t depth = 0;
  for (const MsrDef* const other : deciding) depth = std::max(depth, DepthOf(*other) + 1);
  return depth;
}

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
  std::vector<std::vector<PlannedMsr>> batches;
  for (const MsrAddress address : plan.registers.msrs) {
    const MsrDef* const msr = plan.absent_msrs ? nullptr : registers::FindMsr(address);
    const std::size_t depth = msr == nullptr ? 0 : DepthOf(*msr);
    if (batches.size() <= depth) batches.resize(depth + 1);
    batches[depth].push_back({address, msr});
  }
  msrs_in_order.reserve(plan.registers.msrs.size());
  for (const auto& batch : batches) {
    msrs_in_order.insert(msrs_in_order.end(), batch.begin(), batch.end());
    batch_ends.push_back(msrs_in_order.size());
  }
}

CpuReadings ReadCpu(const CpuTask& task, LogicalCpu cpu, const PinnedScope* here) {
  CpuReadings readings;
  readings.Reserve(task.leaves.size() + (task.plan.all_cpuid ? kLeavesOfAWalk : 0),
                   task.msrs_in_order.size());
  ReadCpuidLeaves(task, cpu, here, &readings);
  MsrSweep(task, cpu, &readings).Run();
  return readings;
}

}  // namespace vtprobe
