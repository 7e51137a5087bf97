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
  template <typename Cell>
  using Column = typename ReadingTable<Cell>::Column;

  // The reading of one CPU; null if the column has none. Sets of one column are
  // disjoint, so with sets of one range each the first candidate decides.
  template <typename Cell>
  static const Cell* At(const PlatformSnapshot& snapshot, const ReadingTable<Cell>& table,
                        const typename Cell::Key& key, LogicalCpu cpu) {
    const auto column = table.Find(key);
    if (!column) return nullptr;
    auto candidate = std::upper_bound(column->cells.begin(), column->cells.end(), cpu,
                                      [&](LogicalCpu wanted, const Cell& cell) {
                                        return wanted < snapshot.sets_[cell.set].First();
                                      });
    while (candidate != column->cells.begin()) {
      --candidate;
      if (snapshot.sets_[candidate->set].Contains(cpu)) return &*candidate;
    }
    return nullptr;
  }

  // The readings of some CPUs, given in ascending order; null where the column
  // has none. Asking for each with At() would pass over all cells for a CPU
  // that has no reading: quadratic where many have none.
  template <typename Cell>
  static std::vector<const Cell*> AtEach(const PlatformSnapshot& snapshot,
                                         std::span<const Cell> cells,
                                         const std::vector<LogicalCpu>& cpus) {
    std::vector<const Cell*> readings(cpus.size(), nullptr);
    for (const Cell& cell : cells) {
      for (const CpuSet::Range& range : snapshot.sets_[cell.set].ranges()) {
        auto cpu = std::lower_bound(cpus.begin(), cpus.end(), LogicalCpu{range.first});
        for (; cpu != cpus.end() && Number(*cpu) <= range.last; ++cpu) {
          readings[static_cast<std::size_t>(cpu - cpus.begin())] = &cell;
        }
      }
    }
    return readings;
  }

  template <typename Cell>
  static PlatformSnapshot::ByValue<typename Cell::Reading> Values(const PlatformSnapshot& snapshot,
                                                                  std::span<const Cell> cells) {
    using Reading = typename Cell::Reading;
    std::vector<std::pair<Reading, CpuSetId>> sorted;
    sorted.reserve(cells.size());
    for (const Cell& cell : cells) sorted.emplace_back(cell.reading(), cell.set);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return Less(a.first, b.first); });
    PlatformSnapshot::ByValue<Reading> values;
    for (std::size_t i = 0; i < sorted.size();) {
      std::vector<CpuSet::Range> ranges;
      const Reading reading = sorted[i].first;
      for (; i < sorted.size() && sorted[i].first == reading; ++i) {
        const auto& more = snapshot.sets_[sorted[i].second].ranges();
        ranges.insert(ranges.end(), more.begin(), more.end());
      }
      values.emplace_back(CpuSet(std::move(ranges)), reading);
    }
    std::sort(values.begin(), values.end(),
              [](const auto& a, const auto& b) { return a.first.First() < b.first.First(); });
    return values;
  }

  // What is left of a table when its sets have become these; some may be empty.
  template <typename Cell>
  static ReadingTable<Cell> Restricted(const ReadingTable<Cell>& table,
                                       const std::vector<CpuSet>& sets) {
    ReadingTable<Cell> kept;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const std::size_t begin = kept.cells.size();
      for (const Cell& cell : table[i].cells) {
        if (!sets[cell.set].empty()) kept.cells.push_back(cell);
      }
      if (kept.cells.size() == begin) continue;
      std::sort(
          kept.cells.begin() + static_cast<std::ptrdiff_t>(begin), kept.cells.end(),
          [&](const Cell& a, const Cell& b) { return sets[a.set].First() < sets[b.set].First(); });
      kept.keys.push_back(table.keys[i]);
      kept.ends.push_back(static_cast<std::uint32_t>(kept.cells.size()));
    }
    return kept;
  }

  template <typename Cell>
  static bool Equal(const PlatformSnapshot& a, const ReadingTable<Cell>& a_table,
                    const PlatformSnapshot& b, const ReadingTable<Cell>& b_table) {
    return a_table.keys == b_table.keys &&
           std::all_of(a_table.keys.begin(), a_table.keys.end(),
                       [&](const auto& key) { return a.Values(key) == b.Values(key); });
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
  const MsrCell* const cell = msrs_[static_cast<std::size_t>(found - all.begin())];
  return cell ? cell->reading() : tl::unexpected(AccessCode::kNotRecorded);
}

CpuidReading SnapshotRow::Cpuid(CpuidLeaf leaf) const {
  const auto found = selection_->cpuid.find(leaf);
  if (found == selection_->cpuid.end()) return tl::unexpected(AccessCode::kNotRecorded);
  const auto position = std::distance(selection_->cpuid.begin(), found);
  const CpuidCell* const cell = cpuid_[static_cast<std::size_t>(position)];
  if (!cell) return tl::unexpected(AccessCode::kNotRecorded);
  return Masked(cell->reading(), found->second);
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

PlatformSnapshot::ByValue<MsrReading> PlatformSnapshot::Values(MsrAddress address) const {
  const auto column = msrs_.Find(address);
  return column ? ColumnAccess::Values(*this, column->cells) : ByValue<MsrReading>();
}

PlatformSnapshot::ByValue<CpuidReading> PlatformSnapshot::Values(CpuidLeaf leaf) const {
  const auto column = cpuid_.Find(leaf);
  return column ? ColumnAccess::Values(*this, column->cells) : ByValue<CpuidReading>();
}

std::vector<SnapshotRow> PlatformSnapshot::Rows(const Selection& selection) const {
  Partition partition(online_);
  const auto refine = [&](const auto& cells, CpuidRegisterMask mask) {
    std::vector<const CpuSet*> sets;
    std::vector<std::decay_t<decltype(cells.front().reading())>> readings;
    for (const auto& cell : cells) {
      sets.push_back(&sets_[cell.set]);
      readings.push_back(Masked(cell.reading(), mask));
    }
    partition.Refine(sets, readings);
  };

  std::vector<std::span<const CpuidCell>> cpuid;
  for (const auto& [leaf, mask] : selection.cpuid) {
    const auto column = cpuid_.Find(leaf);
    cpuid.push_back(column ? column->cells : std::span<const CpuidCell>());
    if (column) refine(column->cells, mask);
  }
  std::vector<std::span<const MsrCell>> msrs;
  for (const MsrAddress address : selection.msrs) {
    const auto column = msrs_.Find(address);
    msrs.push_back(column ? column->cells : std::span<const MsrCell>());
    if (column) refine(column->cells, kAllCpuidRegisters);
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
      const auto found = ColumnAccess::AtEach(*this, columns[i], first);
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
