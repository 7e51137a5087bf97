#include "vtprobe/hal/snapshot.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "snapshot/column_access.h"
#include "vtprobe/hal/cpu_gathering.h"

namespace vtprobe {
namespace {

template <typename Reading>
PlatformSnapshot::ByValue<Reading> OfCpus(PlatformSnapshot::ByValue<Reading> values,
                                          const CpuSet& cpus) {
  PlatformSnapshot::ByValue<Reading> readings;
  CpuGathering recorded;
  for (auto& [with_value, reading] : values) {
    CpuSet common = with_value.Intersection(cpus);
    if (common.empty()) continue;
    recorded.Add(common);
    readings.emplace_back(std::move(common), std::move(reading));
  }
  CpuSet rest = cpus.Difference(recorded.Together());
  if (!rest.empty()) {
    readings.emplace_back(std::move(rest), tl::unexpected(AccessCode::kNotRecorded));
  }
  return readings;
}

}  // namespace

PartialCpuid PartialCpuid::Masked(CpuidRegisterMask mask) const {
  PartialCpuid masked{{}, static_cast<CpuidRegisterMask>(recorded & mask)};
  if (masked.Has(CpuidRegister::kEax)) masked.registers.eax = registers.eax;
  if (masked.Has(CpuidRegister::kEbx)) masked.registers.ebx = registers.ebx;
  if (masked.Has(CpuidRegister::kEcx)) masked.registers.ecx = registers.ecx;
  if (masked.Has(CpuidRegister::kEdx)) masked.registers.edx = registers.edx;
  return masked;
}

std::uint64_t RegisterReading::value() const {
  if (!has_value()) throw std::logic_error("the reading has no value");
  return **this;
}

void Selection::Add(CpuidLeaf leaf, CpuidRegisterMask mask) {
  CpuidRegisterMask& selected = cpuid.try_emplace(leaf, CpuidRegisterMask{0}).first->second;
  selected = static_cast<CpuidRegisterMask>(selected | mask);
}

void Selection::Add(MsrAddress address) {
  const auto at = std::lower_bound(msrs.begin(), msrs.end(), address);
  if (at == msrs.end() || *at != address) msrs.insert(at, address);
}

void Selection::Add(const Selection& other) {
  for (const auto& [leaf, mask] : other.cpuid) Add(leaf, mask);
  for (const MsrAddress address : other.msrs) Add(address);
}

MsrReading PlatformSnapshot::Msr(LogicalCpu cpu, MsrAddress address) const {
  const MsrCell* const cell = ColumnAccess::At(*this, msrs_, address, cpu);
  return cell ? cell->reading() : tl::unexpected(AccessCode::kNotRecorded);
}

CpuidReading PlatformSnapshot::Cpuid(LogicalCpu cpu, CpuidLeaf leaf) const {
  const CpuidCell* const cell = ColumnAccess::At(*this, cpuid_, leaf, cpu);
  return cell ? cell->reading() : tl::unexpected(AccessCode::kNotRecorded);
}

Selection PlatformSnapshot::Everything() const {
  Selection all;
  for (const CpuidLeaf leaf : cpuid_.keys) all.Add(leaf);
  all.msrs = msrs_.keys;
  return all;
}

bool PlatformSnapshot::IsRecorded(MsrAddress address) const {
  return msrs_.Find(address).has_value();
}

PlatformSnapshot::ByValue<MsrReading> PlatformSnapshot::Values(MsrAddress address) const {
  const auto column = msrs_.Find(address);
  return column ? ColumnAccess::Values(*this, column->cells) : ByValue<MsrReading>();
}

PlatformSnapshot::ByValue<CpuidReading> PlatformSnapshot::Values(CpuidLeaf leaf) const {
  const auto column = cpuid_.Find(leaf);
  return column ? ColumnAccess::Values(*this, column->cells) : ByValue<CpuidReading>();
}

PlatformSnapshot::ByValue<MsrReading> PlatformSnapshot::ReadingsOf(MsrAddress address,
                                                                   const CpuSet& cpus) const {
  return OfCpus(Values(address), cpus);
}

PlatformSnapshot::ByValue<CpuidReading> PlatformSnapshot::ReadingsOf(CpuidLeaf leaf,
                                                                     const CpuSet& cpus) const {
  return OfCpus(Values(leaf), cpus);
}

PlatformSnapshot PlatformSnapshot::RestrictedTo(const CpuSet& cpus) const {
  PlatformSnapshot restricted;
  restricted.metadata_ = metadata_;
  restricted.online_ = online_.Intersection(cpus);
  restricted.offline_ = offline_.Intersection(cpus);
  for (const CpuSet& set : sets_) restricted.sets_.push_back(set.Intersection(cpus));
  restricted.msrs_ = ColumnAccess::Restricted(msrs_, restricted.sets_);
  restricted.cpuid_ = ColumnAccess::Restricted(cpuid_, restricted.sets_);
  return restricted;
}

bool operator==(const PlatformSnapshot& a, const PlatformSnapshot& b) {
  return ColumnAccess::Equal(a, b);
}

}  // namespace vtprobe
