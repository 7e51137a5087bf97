#include "hal/naive_machine.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace vtprobe {
namespace {

template <typename Key, typename Reading>
bool AddToAll(const std::vector<NaiveMachine::Cpu*>& cpus,
              std::map<Key, Reading> NaiveMachine::Cpu::*readings, const Key& key,
              const Reading& reading) {
  const bool known = std::any_of(cpus.begin(), cpus.end(), [&](NaiveMachine::Cpu* cpu) {
    return (cpu->*readings).count(key) != 0;
  });
  if (known) return false;
  for (NaiveMachine::Cpu* cpu : cpus) (cpu->*readings).emplace(key, reading);
  return true;
}

void Require(bool said) {
  if (!said) throw std::logic_error("the builder refuses what can be said");
}

}  // namespace

CpuSet SomeCpus(std::uint16_t mask) {
  std::vector<CpuSet::Range> ranges;
  for (std::size_t i = 0; i < std::size(kSomeCpus); ++i) {
    if ((mask >> i & 1) != 0) ranges.push_back({kSomeCpus[i], kSomeCpus[i]});
  }
  return CpuSet(std::move(ranges));
}

MsrReading SomeMsrReading(std::uint8_t which) {
  switch (which % 5) {
    case 0:
      return 0;
    case 1:
      return 0x5;
    case 2:
      return std::numeric_limits<std::uint64_t>::max();
    case 3:
      return tl::unexpected(AccessCode::kNotRecorded);
    default:
      return tl::unexpected(kAllAccessCodes[which % kAllAccessCodes.size()]);
  }
}

CpuidReading SomeCpuidReading(std::uint8_t which) {
  switch (which % 6) {
    case 0:
      return PartialCpuid{{0x16, 0x756e6547, 0x6c65746e, 0x49656e69}};
    case 1:
      return PartialCpuid{{0x16, 0x756e6547, 0x6c65746e, 0}};
    case 2:
      return PartialCpuid{{0, 0, 0, 0}};
    case 3:
      return PartialCpuid{{0, 0, 0x6c65746e, 0}, MaskOf(CpuidRegister::kEcx)};
    case 4:
      return PartialCpuid{{}, 0};
    default:
      return tl::unexpected(kAllAccessCodes[which % kAllAccessCodes.size()]);
  }
}

bool NaiveMachine::OpenBlock(const CpuSet& cpus, Presence presence) {
  for (const LogicalCpu cpu : cpus.ToVector()) {
    const auto known = cpus_.find(Number(cpu));
    if (known != cpus_.end() && known->second.presence != presence) return false;
  }
  block_.clear();
  for (const LogicalCpu cpu : cpus.ToVector()) {
    block_.push_back(Number(cpu));
    cpus_[Number(cpu)].presence = presence;
  }
  return true;
}

bool NaiveMachine::AddMsr(MsrAddress address, MsrReading reading) {
  std::vector<Cpu*> cpus;
  for (const std::uint32_t cpu : block_) cpus.push_back(&cpus_[cpu]);
  return AddToAll(cpus, &Cpu::msrs, address, reading);
}

bool NaiveMachine::AddCpuid(CpuidLeaf leaf, CpuidReading reading) {
  std::vector<Cpu*> cpus;
  for (const std::uint32_t cpu : block_) cpus.push_back(&cpus_[cpu]);
  return AddToAll(cpus, &Cpu::cpuid, leaf, reading);
}

CpuSet NaiveMachine::Present(Presence presence) const {
  std::vector<CpuSet::Range> ranges;
  for (const auto& [number, cpu] : cpus_) {
    if (cpu.presence == presence) ranges.push_back({number, number});
  }
  return CpuSet(std::move(ranges));
}

NaiveMachine NaiveMachine::RestrictedTo(const CpuSet& cpus) const {
  NaiveMachine restricted;
  for (const auto& [number, cpu] : cpus_) {
    if (cpus.Contains(LogicalCpu{number})) restricted.cpus_.emplace(number, cpu);
  }
  return restricted;
}

PlatformSnapshot NaiveMachine::Build() const {
  SnapshotBuilder builder;
  for (auto at = cpus_.rbegin(); at != cpus_.rend(); ++at) {
    const auto& [number, cpu] = *at;
    Require(builder.OpenBlock(CpuSet(LogicalCpu{number}), cpu.presence));
    for (const auto& [address, reading] : cpu.msrs) Require(builder.AddMsr(address, reading));
    for (const auto& [leaf, reading] : cpu.cpuid) Require(builder.AddCpuid(leaf, reading));
  }
  return builder.Build();
}

bool Tell(const RandomMachine& random, SnapshotBuilder* builder, NaiveMachine* naive) {
  for (const auto& [mask, offline, readings] : random) {
    const CpuSet cpus = SomeCpus(mask);
    if (cpus.empty()) continue;
    const Presence presence = offline ? Presence::kOffline : Presence::kOnline;
    const bool opened = naive->OpenBlock(cpus, presence);
    if (builder->OpenBlock(cpus, presence) != opened) return false;
    if (!opened) continue;
    for (const auto& [which, reading] : readings) {
      const std::size_t key = which % std::size(kSomeMsrs);
      const bool msr = which / std::size(kSomeMsrs) % 2 == 0;
      const bool added = msr ? naive->AddMsr(kSomeMsrs[key], SomeMsrReading(reading))
                             : naive->AddCpuid(kSomeLeaves[key], SomeCpuidReading(reading));
      const bool also = msr ? builder->AddMsr(kSomeMsrs[key], SomeMsrReading(reading))
                            : builder->AddCpuid(kSomeLeaves[key], SomeCpuidReading(reading));
      if (added != also) return false;
    }
  }
  return true;
}

}  // namespace vtprobe
