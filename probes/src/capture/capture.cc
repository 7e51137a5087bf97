// Workers share nothing that is written: each fills the slots of the CPUs that
// fall to it, and joining them is the only synchronisation.

#include "vtprobe/probes/capture.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "capture/apic_id.h"
#include "capture/cpu_readings.h"
#include "capture/cpuid_walk.h"
#include "vtprobe/hal/pinned_scope.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

// A thread waits on its CPU's driver most of its time, but each costs a stack.
constexpr std::size_t kMaxWorkers = 64;

constexpr std::chrono::milliseconds kProgressInterval{50};

struct Readers {
  MsrReader& msrs;
  CpuidReader& cpuid;
};

// The serial number of a Pentium III. [intel/sdm-vol2] CPUID, leaf 3
constexpr std::uint32_t kSerialNumberLeaf = 3;

void ReadCpuidLeaves(const CapturePlan& plan, LogicalCpu cpu, CpuidReader& reader,
                     CpuReadings* readings) {
  const auto ask = [&](CpuidLeaf leaf) -> CpuidReading {
    if (leaf.leaf == kSerialNumberLeaf && !plan.identifiers) {
      return tl::unexpected(AccessCode::kNotRecorded);
    }
    const Result<CpuidRegisters> answer = reader.ReadCpuid(cpu, leaf);
    // An instruction answers with four registers, whichever were asked for.
    const CpuidReading reading =
        answer ? CpuidReading(PartialCpuid{*answer}) : tl::unexpected(answer.error().code);
    readings->Add(leaf, reading);
    return reading;
  };
  std::set<CpuidLeaf> asked;
  if (plan.all_cpuid) {
    WalkCpuid([&](CpuidLeaf leaf) {
      asked.insert(leaf);
      return ask(leaf);
    });
  }
  for (const auto& [leaf, mask] : plan.registers.cpuid) {
    // Beyond the highest leaf a CPU may answer with another leaf's data.
    const bool absent = registers::LeafPresence(*readings, leaf.leaf) == Presence::kAbsent;
    if (!absent && !asked.contains(leaf)) ask(leaf);
  }
}

Presence PresenceOf(MsrAddress address, const RegisterView& cpu) {
  const MsrDef* const msr = registers::FindMsr(address);
  return msr == nullptr || msr->present == nullptr ? Presence::kPresent : msr->present(cpu);
}

// Whether a CPU has a register may depend on another register of it, wherever
// that stands: those that nothing is known of yet wait until the others are
// read.
void ReadMsrs(const CapturePlan& plan, LogicalCpu cpu, MsrReader& reader, CpuReadings* readings) {
  const auto read = [&](MsrAddress address) {
    const Result<std::uint64_t> value = reader.ReadMsr(cpu, address);
    readings->Add(address, value ? MsrReading(*value) : tl::unexpected(value.error().code));
  };
  std::vector<MsrAddress> waiting;
  for (const MsrAddress address : plan.registers.msrs) {
    const Presence presence =
        plan.absent_msrs ? Presence::kPresent : PresenceOf(address, *readings);
    if (presence == Presence::kPresent) read(address);
    if (presence == Presence::kUnknown) waiting.push_back(address);
  }
  for (const MsrAddress address : waiting) {
    if (PresenceOf(address, *readings) != Presence::kAbsent) read(address);
  }
}

std::vector<CpuReadings> ReadAll(const CapturePlan& plan, const std::vector<LogicalCpu>& cpus,
                                 const Readers& readers) {
  std::vector<CpuReadings> slots(cpus.size());
  std::atomic<std::size_t> done = 0;
  const std::size_t worker_count = plan.sequential ? 1 : std::min(cpus.size(), kMaxWorkers);
  const auto work = [&](std::size_t worker) {
    for (std::size_t i = worker; i < cpus.size(); i += worker_count) {
      // Makes the reads local and CPUID cheap. Where it fails, readers that
      // depend on it say so, and the others need it not.
      const Result<PinnedScope> here = PinnedScope::To(cpus[i]);
      ReadCpuidLeaves(plan, cpus[i], readers.cpuid, &slots[i]);
      ReadMsrs(plan, cpus[i], readers.msrs, &slots[i]);
      done.fetch_add(1, std::memory_order_relaxed);
    }
  };
  std::vector<std::jthread> workers;
  for (std::size_t worker = 0; worker < worker_count; ++worker) {
    try {
      workers.emplace_back(work, worker);
    } catch (const std::system_error&) {
      work(worker);
    }
  }
  while (plan.progress && done.load(std::memory_order_relaxed) < cpus.size()) {
    plan.progress(done.load(std::memory_order_relaxed));
    std::this_thread::sleep_for(kProgressInterval);
  }
  workers.clear();  // joins
  return slots;
}

void DistrustSharedApicIds(std::vector<CpuReadings>* slots) {
  std::map<std::uint32_t, CpuReadings*> owners;
  for (CpuReadings& slot : *slots) {
    const auto id = ApicId(slot);
    if (!id) continue;
    const auto [owner, first] = owners.try_emplace(*id, &slot);
    if (first) continue;
    owner->second->DistrustCpuid();
    slot.DistrustCpuid();
  }
}

// Each CPU has one block and each register stands in a selection once, so the
// builder has nothing to refuse.
PlatformSnapshot Assemble(const std::vector<LogicalCpu>& cpus,
                          const std::vector<CpuReadings>& slots, const CpuSet& offline,
                          Metadata metadata) {
  SnapshotBuilder builder;
  builder.metadata() = std::move(metadata);
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    std::ignore = builder.OpenBlock(CpuSet(cpus[i]));
    for (const auto& [leaf, reading] : slots[i].cpuid()) {
      std::ignore = builder.AddCpuid(leaf, reading);
    }
    for (const auto& [address, reading] : slots[i].msrs()) {
      std::ignore = builder.AddMsr(address, reading);
    }
  }
  if (!offline.empty()) {
    std::ignore = builder.OpenBlock(offline, SnapshotBuilder::Presence::kOffline);
  }
  return builder.Build();
}

}  // namespace

PlatformSnapshot Capture(const CapturePlan& plan, const CpuSet& online, const CpuSet& offline,
                         Metadata metadata, MsrReader& msrs, CpuidReader& cpuid) {
  CapturePlan complete = plan;
  if (plan.distinct_apic_ids) complete.registers.Add(ApicIdRegisters());
  const std::vector<LogicalCpu> cpus = online.ToVector();
  std::vector<CpuReadings> slots = ReadAll(complete, cpus, {msrs, cpuid});
  if (plan.distinct_apic_ids) DistrustSharedApicIds(&slots);

  return Assemble(cpus, slots, offline.Difference(online), std::move(metadata));
}

}  // namespace vtprobe
