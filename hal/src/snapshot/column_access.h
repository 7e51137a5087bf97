// The inside of a snapshot, for the files that make up its implementation.

#ifndef VTPROBE_HAL_SRC_SNAPSHOT_COLUMN_ACCESS_H_
#define VTPROBE_HAL_SRC_SNAPSHOT_COLUMN_ACCESS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// An order on readings, for grouping equal ones; it means nothing else.
inline bool Less(const MsrReading& a, const MsrReading& b) { return a < b; }

inline bool Less(const CpuidReading& a, const CpuidReading& b) {
  if (a.has_value() != b.has_value()) return b.has_value();
  if (!a) return a.error() < b.error();
  const auto key = [](const PartialCpuid& p) {
    return std::tuple(p.recorded, p.registers.eax, p.registers.ebx, p.registers.ecx,
                      p.registers.edx);
  };
  return key(*a) < key(*b);
}

// The algorithms that are the same for MSR and CPUID columns.
struct ColumnAccess {
  // What a snapshot is made of besides its metadata: online and offline CPUs,
  // sets, MSRs, CPUID. For those who store it as it is.
  template <typename Snapshot>
  static auto Parts(Snapshot& snapshot) {
    return std::tie(snapshot.online_, snapshot.offline_, snapshot.sets_, snapshot.msrs_,
                    snapshot.cpuid_);
  }

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

  template <typename Cell>
  static PlatformSnapshot::ByValue<typename Cell::Reading> Values(const PlatformSnapshot& snapshot,
                                                                  std::span<const Cell> cells) {
    using Reading = typename Cell::Reading;
    std::vector<std::pair<Reading, CpuSetId>> sorted;
    sorted.reserve(cells.size());
    for (const Cell& cell : cells) sorted.emplace_back(cell.reading(), cell.set);
    Sort(&sorted, [](const auto& a, const auto& b) { return Less(a.first, b.first); });
    PlatformSnapshot::ByValue<Reading> values;
    for (std::size_t i = 0; i < sorted.size();) {
      const Reading reading = sorted[i].first;
      if (i + 1 == sorted.size() || sorted[i + 1].first != reading) {
        values.emplace_back(snapshot.sets_[sorted[i].second], reading);
        ++i;
        continue;
      }
      std::vector<CpuSet::Range> ranges;
      for (; i < sorted.size() && sorted[i].first == reading; ++i) {
        const auto& more = snapshot.sets_[sorted[i].second].ranges();
        ranges.insert(ranges.end(), more.begin(), more.end());
      }
      values.emplace_back(CpuSet(std::move(ranges)), reading);
    }
    Sort(&values, [](const auto& a, const auto& b) { return a.first.First() < b.first.First(); });
    return values;
  }

  // Mostly it is sorted: all CPUs agree, or count up.
  template <typename T, typename IsBefore>
  static void Sort(std::vector<T>* all, const IsBefore& is_before) {
    if (std::is_sorted(all->begin(), all->end(), is_before)) return;
    std::sort(all->begin(), all->end(), is_before);
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

  static bool KnowsSomeInPart(const PlatformSnapshot& snapshot) {
    const auto& cells = snapshot.msrs_.cells;
    return std::any_of(cells.begin(), cells.end(),
                       [](const MsrCell& cell) { return cell.given.IsPartial(); });
  }

  static bool Equal(const PlatformSnapshot& a, const PlatformSnapshot& b) {
    return a.metadata_ == b.metadata_ && a.online_ == b.online_ && a.offline_ == b.offline_ &&
           Equal(a, a.msrs_, b, b.msrs_) && Equal(a, a.cpuid_, b, b.cpuid_);
  }
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_SNAPSHOT_COLUMN_ACCESS_H_
