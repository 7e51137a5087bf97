#include "vtprobe/hal/snapshot.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>

namespace vtprobe {
namespace {

// An order on readings, for grouping equal ones; it means nothing else.
bool Less(const MsrReading& a, const MsrReading& b) {
  if (a.has_value() != b.has_value()) return b.has_value();
  return a ? *a < *b : a.error() < b.error();
}

bool Less(const CpuidReading& a, const CpuidReading& b) {
  if (a.has_value() != b.has_value()) return b.has_value();
  if (!a) return a.error() < b.error();
  const auto key = [](const PartialCpuid& p) {
    return std::tuple(p.recorded, p.registers.eax, p.registers.ebx, p.registers.ecx,
                      p.registers.edx);
  };
  return key(*a) < key(*b);
}

MsrReading Masked(const MsrReading& reading, CpuidRegisterMask) { return reading; }

CpuidReading Masked(const CpuidReading& reading, CpuidRegisterMask mask) {
  if (!reading) return reading;
  return reading->Masked(mask);
}

}  // namespace

// The algorithms that are the same for MSR and CPUID columns.
struct ColumnAccess {
  template <typename Col, typename Key>
  static const Col* Find(const std::vector<Col>& columns, const Key& key) {
    const auto found =
        std::lower_bound(columns.begin(), columns.end(), key,
                         [](const Col& column, const Key& wanted) { return column.key < wanted; });
    return found != columns.end() && found->key == key ? &*found : nullptr;
  }

  // The reading of one CPU; null if the column has none. Sets of one column are
  // disjoint, so with sets of one range each the first candidate decides.
  template <typename Col>
  static auto At(const PlatformSnapshot& snapshot, const Col& column, LogicalCpu cpu) -> const
      decltype(column.entries.front().reading)* {
    auto candidate = std::upper_bound(column.entries.begin(), column.entries.end(), cpu,
                                      [&](LogicalCpu wanted, const auto& entry) {
                                        return wanted < snapshot.sets_[entry.set].First();
                                      });
    while (candidate != column.entries.begin()) {
      --candidate;
      if (snapshot.sets_[candidate->set].Contains(cpu)) return &candidate->reading;
    }
    return nullptr;
  }

  // The readings of some CPUs, given in ascending order; null where the column
  // has none. Asking for each with At() would pass over all entries for a CPU
  // that has no reading: quadratic where many have none.
  template <typename Col>
  static auto AtEach(const PlatformSnapshot& snapshot, const Col& column,
                     const std::vector<LogicalCpu>& cpus)
      -> std::vector<decltype(At(snapshot, column, cpus.front()))> {
    std::vector<decltype(At(snapshot, column, cpus.front()))> readings(cpus.size(), nullptr);
    for (const auto& entry : column.entries) {
      for (const CpuSet::Range& range : snapshot.sets_[entry.set].ranges()) {
        auto cpu = std::lower_bound(cpus.begin(), cpus.end(), LogicalCpu{range.first});
        for (; cpu != cpus.end() && Number(*cpu) <= range.last; ++cpu) {
          readings[static_cast<std::size_t>(cpu - cpus.begin())] = &entry.reading;
        }
      }
    }
    return readings;
  }

  template <typename Reading, typename Col>
  static PlatformSnapshot::ByValue<Reading> Values(const PlatformSnapshot& snapshot,
                                                   const Col& column) {
    std::vector<const typename Col::Entry*> sorted;
    sorted.reserve(column.entries.size());
    for (const auto& entry : column.entries) sorted.push_back(&entry);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto* a, const auto* b) { return Less(a->reading, b->reading); });
    PlatformSnapshot::ByValue<Reading> values;
    for (std::size_t i = 0; i < sorted.size();) {
      std::vector<CpuSet::Range> ranges;
      const std::size_t first = i;
      for (; i < sorted.size() && sorted[i]->reading == sorted[first]->reading; ++i) {
        const auto& more = snapshot.sets_[sorted[i]->set].ranges();
        ranges.insert(ranges.end(), more.begin(), more.end());
      }
      values.emplace_back(CpuSet(std::move(ranges)), sorted[first]->reading);
    }
    std::sort(values.begin(), values.end(),
              [](const auto& a, const auto& b) { return a.first.First() < b.first.First(); });
    return values;
  }

  template <typename Col>
  static std::vector<Col> Restricted(const std::vector<Col>& columns,
                                     const std::vector<CpuSet>& sets) {
    std::vector<Col> kept;
    for (const Col& column : columns) {
      Col copy{column.key, {}};
      for (const auto& entry : column.entries) {
        if (!sets[entry.set].empty()) copy.entries.push_back(entry);
      }
      std::sort(copy.entries.begin(), copy.entries.end(), [&](const auto& a, const auto& b) {
        return sets[a.set].First() < sets[b.set].First();
      });
      if (!copy.entries.empty()) kept.push_back(std::move(copy));
    }
    return kept;
  }

  template <typename Col>
  static bool Equal(const PlatformSnapshot& a, const std::vector<Col>& a_columns,
                    const PlatformSnapshot& b, const std::vector<Col>& b_columns) {
    return std::equal(a_columns.begin(), a_columns.end(), b_columns.begin(), b_columns.end(),
                      [&](const Col& x, const Col& y) {
                        return x.key == y.key && a.Values(x.key) == b.Values(y.key);
                      });
  }

  static bool Equal(const PlatformSnapshot& a, const PlatformSnapshot& b) {
    return a.metadata_ == b.metadata_ && a.online_ == b.online_ && a.offline_ == b.offline_ &&
           Equal(a, a.msrs_, b, b.msrs_) && Equal(a, a.cpuid_, b, b.cpuid_);
  }
};

namespace {

// Splits the online CPUs into classes, column by column. A column on which all
// agree costs O(1); the per-CPU arrays come into being with the first that
// disagrees.
class Partition {
 public:
  explicit Partition(const CpuSet& online) : online_(online), count_(online.Count()) {}

  // `sets` and `readings` run side by side.
  template <typename Reading>
  void Refine(const std::vector<const CpuSet*>& sets, const std::vector<Reading>& readings) {
    if (sets.size() == 1 && sets.front()->Contains(online_)) return;
    const std::vector<std::uint32_t> ids = Intern(readings);
    std::vector<std::uint32_t> value(count_, 0);
    for (std::size_t i = 0; i < sets.size(); ++i) {
      ForEachIndex(*sets[i], [&](std::size_t index) { value[index] = ids[i]; });
    }
    if (std::adjacent_find(value.begin(), value.end(), std::not_equal_to<>()) == value.end()) {
      return;
    }
    if (classes_.empty()) classes_.assign(count_, 0);
    std::unordered_map<std::uint64_t, std::uint32_t> renumbered;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::uint64_t key = std::uint64_t{classes_[i]} << 32 | value[i];
      const auto next = static_cast<std::uint32_t>(renumbered.size());
      classes_[i] = renumbered.try_emplace(key, next).first->second;
    }
    class_count_ = renumbered.size();
  }

  // The classes as sets, ordered by lowest CPU.
  std::vector<CpuSet> Sets() const {
    if (online_.empty()) return {};
    if (classes_.empty()) return {online_};
    std::vector<std::vector<CpuSet::Range>> ranges(class_count_);
    std::size_t index = 0;
    for (const CpuSet::Range& range : online_.ranges()) {
      for (std::uint32_t cpu = range.first; cpu <= range.last; ++cpu, ++index) {
        auto& mine = ranges[classes_[index]];
        if (!mine.empty() && mine.back().last + 1 == cpu) {
          mine.back().last = cpu;
        } else {
          mine.push_back({cpu, cpu});
        }
      }
    }
    std::vector<CpuSet> sets;
    sets.reserve(class_count_);
    for (auto& mine : ranges) sets.emplace_back(std::move(mine));
    return sets;
  }

 private:
  // 1-based numbers, equal for equal readings; 0 is left for "nothing".
  template <typename Reading>
  static std::vector<std::uint32_t> Intern(const std::vector<Reading>& readings) {
    std::vector<std::uint32_t> order(readings.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::uint32_t a, std::uint32_t b) { return Less(readings[a], readings[b]); });
    std::vector<std::uint32_t> ids(readings.size());
    std::uint32_t id = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i == 0 || !(readings[order[i]] == readings[order[i - 1]])) ++id;
      ids[order[i]] = id;
    }
    return ids;
  }

  // Calls with the position, among the online CPUs, of each CPU of the set.
  template <typename Visit>
  void ForEachIndex(const CpuSet& set, Visit visit) const {
    std::size_t base = 0;
    auto range = set.ranges().begin();
    for (const CpuSet::Range& mine : online_.ranges()) {
      while (range != set.ranges().end() && range->last < mine.first) ++range;
      for (auto at = range; at != set.ranges().end() && at->first <= mine.last; ++at) {
        const std::uint32_t last = std::min(at->last, mine.last);
        for (std::uint32_t cpu = std::max(at->first, mine.first); cpu <= last; ++cpu) {
          visit(base + (cpu - mine.first));
        }
      }
      base += mine.last - mine.first + std::size_t{1};
    }
  }

  const CpuSet& online_;
  std::size_t count_;
  std::size_t class_count_ = 1;
  std::vector<std::uint32_t> classes_;  // by position among the online CPUs; empty: all 0
};

}  // namespace

PartialCpuid PartialCpuid::Masked(CpuidRegisterMask mask) const {
  PartialCpuid masked{{}, static_cast<CpuidRegisterMask>(recorded & mask)};
  if (masked.Has(CpuidRegister::kEax)) masked.registers.eax = registers.eax;
  if (masked.Has(CpuidRegister::kEbx)) masked.registers.ebx = registers.ebx;
  if (masked.Has(CpuidRegister::kEcx)) masked.registers.ecx = registers.ecx;
  if (masked.Has(CpuidRegister::kEdx)) masked.registers.edx = registers.edx;
  return masked;
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

MsrReading SnapshotRow::Msr(MsrAddress address) const {
  const auto& all = selection_->msrs;
  const auto found = std::lower_bound(all.begin(), all.end(), address);
  if (found == all.end() || *found != address) return tl::unexpected(AccessCode::kNotRecorded);
  const MsrReading* const reading = msrs_[static_cast<std::size_t>(found - all.begin())];
  return reading ? *reading : tl::unexpected(AccessCode::kNotRecorded);
}

CpuidReading SnapshotRow::Cpuid(CpuidLeaf leaf) const {
  const auto found = selection_->cpuid.find(leaf);
  if (found == selection_->cpuid.end()) return tl::unexpected(AccessCode::kNotRecorded);
  const auto position = std::distance(selection_->cpuid.begin(), found);
  const CpuidReading* const reading = cpuid_[static_cast<std::size_t>(position)];
  if (!reading) return tl::unexpected(AccessCode::kNotRecorded);
  return Masked(*reading, found->second);
}

MsrReading PlatformSnapshot::Msr(LogicalCpu cpu, MsrAddress address) const {
  if (const MsrColumn* const column = ColumnAccess::Find(msrs_, address)) {
    if (const MsrReading* const reading = ColumnAccess::At(*this, *column, cpu)) return *reading;
  }
  return tl::unexpected(AccessCode::kNotRecorded);
}

CpuidReading PlatformSnapshot::Cpuid(LogicalCpu cpu, CpuidLeaf leaf) const {
  if (const CpuidColumn* const column = ColumnAccess::Find(cpuid_, leaf)) {
    if (const CpuidReading* const reading = ColumnAccess::At(*this, *column, cpu)) return *reading;
  }
  return tl::unexpected(AccessCode::kNotRecorded);
}

Selection PlatformSnapshot::Everything() const {
  Selection all;
  for (const CpuidColumn& column : cpuid_) all.Add(column.key);
  for (const MsrColumn& column : msrs_) all.msrs.push_back(column.key);
  return all;
}

PlatformSnapshot::ByValue<MsrReading> PlatformSnapshot::Values(MsrAddress address) const {
  const MsrColumn* const column = ColumnAccess::Find(msrs_, address);
  if (!column) return {};
  return ColumnAccess::Values<MsrReading>(*this, *column);
}

PlatformSnapshot::ByValue<CpuidReading> PlatformSnapshot::Values(CpuidLeaf leaf) const {
  const CpuidColumn* const column = ColumnAccess::Find(cpuid_, leaf);
  if (!column) return {};
  return ColumnAccess::Values<CpuidReading>(*this, *column);
}

std::vector<SnapshotRow> PlatformSnapshot::Rows(const Selection& selection) const {
  Partition partition(online_);
  const auto refine = [&](const auto& column, CpuidRegisterMask mask) {
    std::vector<const CpuSet*> sets;
    std::vector<std::decay_t<decltype(column.entries.front().reading)>> readings;
    for (const auto& entry : column.entries) {
      sets.push_back(&sets_[entry.set]);
      readings.push_back(Masked(entry.reading, mask));
    }
    partition.Refine(sets, readings);
  };

  std::vector<const CpuidColumn*> cpuid;
  for (const auto& [leaf, mask] : selection.cpuid) {
    cpuid.push_back(ColumnAccess::Find(cpuid_, leaf));
    if (cpuid.back()) refine(*cpuid.back(), mask);
  }
  std::vector<const MsrColumn*> msrs;
  for (const MsrAddress address : selection.msrs) {
    msrs.push_back(ColumnAccess::Find(msrs_, address));
    if (msrs.back()) refine(*msrs.back(), kAllCpuidRegisters);
  }

  std::vector<SnapshotRow> rows;
  std::vector<LogicalCpu> first;  // of each row
  for (CpuSet& cpus : partition.Sets()) {
    first.push_back(cpus.First());
    SnapshotRow& row = rows.emplace_back();
    row.cpus_ = std::move(cpus);
    row.selection_ = &selection;
    row.cpuid_.resize(cpuid.size());
    row.msrs_.resize(msrs.size());
  }
  const auto fill = [&](const auto& columns, auto SnapshotRow::*readings) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (!columns[i]) continue;
      const auto found = ColumnAccess::AtEach(*this, *columns[i], first);
      for (std::size_t row = 0; row < rows.size(); ++row) (rows[row].*readings)[i] = found[row];
    }
  };
  fill(cpuid, &SnapshotRow::cpuid_);
  fill(msrs, &SnapshotRow::msrs_);
  return rows;
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
