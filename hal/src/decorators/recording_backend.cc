#include "vtprobe/hal/recording_backend.h"

#include <array>
#include <cassert>
#include <utility>
#include <vector>

#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

// An order on readings, for grouping equal ones; it means nothing else.
using SortKey = std::array<std::uint64_t, 3>;

SortKey KeyOf(const MsrReading& reading) {
  if (!reading) return {0, static_cast<std::uint64_t>(reading.error())};
  return {1, *reading};
}

SortKey KeyOf(const CpuidReading& reading) {
  if (!reading) return {0, static_cast<std::uint64_t>(reading.error())};
  const CpuidRegisters& r = reading->registers;
  return {1, std::uint64_t{r.eax} << 32 | r.ebx, std::uint64_t{r.ecx} << 32 | r.edx};
}

// Calls `add` with each distinct reading and the CPUs that gave it.
template <typename Reading, typename Add>
void ForEachDistinct(const std::map<LogicalCpu, Reading>& readings, Add add) {
  std::map<SortKey, std::pair<Reading, std::vector<CpuSet::Range>>> distinct;
  for (const auto& [cpu, reading] : readings) {
    auto& group =
        distinct.try_emplace(KeyOf(reading), reading, std::vector<CpuSet::Range>{}).first->second;
    group.second.push_back({Number(cpu), Number(cpu)});
  }
  for (auto& [key, group] : distinct) add(CpuSet(std::move(group.second)), group.first);
}

}  // namespace

Result<std::uint64_t> RecordingBackend::ReadMsr(LogicalCpu cpu, MsrAddress address) {
  const Result<std::uint64_t> answer = msr_reader_.ReadMsr(cpu, address);
  const MsrReading reading = answer.map_error([](const AccessError& error) { return error.code; });
  const std::lock_guard lock(mutex_);
  msrs_[address].emplace(cpu, reading);
  return answer;
}

Result<CpuidRegisters> RecordingBackend::ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) {
  const Result<CpuidRegisters> answer = cpuid_reader_.ReadCpuid(cpu, leaf);
  const CpuidReading reading =
      answer.map([](const CpuidRegisters& registers) { return PartialCpuid{registers}; })
          .map_error([](const AccessError& error) { return error.code; });
  const std::lock_guard lock(mutex_);
  cpuid_[leaf].emplace(cpu, reading);
  return answer;
}

PlatformSnapshot RecordingBackend::Recording() const {
  SnapshotBuilder builder;
  // The maps hold each register of each CPU once, so nothing can be refused.
  [[maybe_unused]] bool accepted = true;
  const std::lock_guard lock(mutex_);
  for (const auto& [leaf, readings] : cpuid_) {
    ForEachDistinct(readings, [&, leaf = leaf](const CpuSet& cpus, const CpuidReading& reading) {
      accepted &= builder.OpenBlock(cpus) && builder.AddCpuid(leaf, reading);
    });
  }
  for (const auto& [address, readings] : msrs_) {
    ForEachDistinct(readings,
                    [&, address = address](const CpuSet& cpus, const MsrReading& reading) {
                      accepted &= builder.OpenBlock(cpus) && builder.AddMsr(address, reading);
                    });
  }
  assert(accepted);
  return builder.Build();
}

}  // namespace vtprobe
