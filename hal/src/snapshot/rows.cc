// A snapshot's CPUs in rows: those whose readings of some registers are the
// same, to be looked at once.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "snapshot/salted_index.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {
namespace {

// The readings of one selected register.
template <typename Cell>
struct Column {
  typename Cell::Key key;
  CpuidRegisterMask mask;  // all for an MSR
  std::span<const Cell> cells;
  // Of each row, null where nothing is recorded; empty if all have the first cell, or
  // none where there is no cell.
  std::vector<const Cell*> of_rows;

  const Cell* Get(std::size_t row) const {
    if (!of_rows.empty()) return of_rows[row];
    return cells.empty() ? nullptr : &cells.front();
  }
  bool IsOfAll() const { return of_rows.size() < 2; }
};

template <typename Cell>
const Column<Cell>* Find(const std::vector<Column<Cell>>& columns, const typename Cell::Key& key) {
  const auto found = std::lower_bound(
      columns.begin(), columns.end(), key,
      [](const Column<Cell>& column, const auto& wanted) { return column.key < wanted; });
  return found == columns.end() || found->key != key ? nullptr : &*found;
}

// Whether both give the same of the registers that count; this is asked of
// every CPU.
bool AreAlike(const MsrCell& a, const MsrCell& b, CpuidRegisterMask) { return a.given == b.given; }

bool AreAlike(const CpuidCell& a, const CpuidCell& b, CpuidRegisterMask mask) {
  const auto differ = [mask](std::uint32_t x, std::uint32_t y, CpuidRegister reg) {
    return (mask & MaskOf(reg)) != 0 && x != y;
  };
  return a.failure == b.failure && ((a.recorded ^ b.recorded) & mask) == 0 &&
         !differ(a.registers.eax, b.registers.eax, CpuidRegister::kEax) &&
         !differ(a.registers.ebx, b.registers.ebx, CpuidRegister::kEbx) &&
         !differ(a.registers.ecx, b.registers.ecx, CpuidRegister::kEcx) &&
         !differ(a.registers.edx, b.registers.edx, CpuidRegister::kEdx);
}

// What is looked up of a cell. Cells that are alike have the same.
IndexedBits Bits(const MsrCell& cell, CpuidRegisterMask) {
  return {cell.given.known_bits(), cell.given.known()};
}

IndexedBits Bits(const CpuidCell& cell, CpuidRegisterMask mask) {
  const auto masked = [mask](std::uint32_t value, CpuidRegister reg) {
    return (mask & MaskOf(reg)) != 0 ? std::uint64_t{value} : 0;
  };
  const CpuidRegisters& r = cell.registers;
  return {masked(r.ebx, CpuidRegister::kEbx) << 32 | masked(r.eax, CpuidRegister::kEax),
          masked(r.edx, CpuidRegister::kEdx) << 32 | masked(r.ecx, CpuidRegister::kEcx)};
}

// Of each online CPU the position of its cell plus one, 0 where it has none.
// The columns of a recording with a block for each CPU share one.
struct Places {
  std::vector<CpuSetId> sets;  // of the cells
  std::vector<std::uint32_t> of_cpu;
  bool has_all = false;  // every online CPU has a cell
};

// Splits the online CPUs into classes, column by column. A column on which all
// agree costs O(1); the per-CPU arrays come into being with the first that
// disagrees.
class Partition {
 public:
  explicit Partition(const CpuSet& online) : online_(online), count_(online.Count()) {}

  // Null if the first cell is that of all online CPUs.
  template <typename Cell>
  std::shared_ptr<const Places> Refine(const Column<Cell>& column,
                                       const std::vector<CpuSet>& sets) {
    const std::span<const Cell> cells = column.cells;
    if (cells.size() == 1 && sets[cells.front().set].Contains(online_)) return nullptr;
    const bool as_before =
        places_ &&
        std::equal(cells.begin(), cells.end(), places_->sets.begin(), places_->sets.end(),
                   [](const Cell& cell, CpuSetId set) { return cell.set == set; });
    if (!as_before) places_ = Place(cells, sets);
    const bool are_alike = std::all_of(cells.begin(), cells.end(), [&](const Cell& cell) {
      return AreAlike(cell, cells.front(), column.mask);
    });
    if (are_alike && places_->has_all) return nullptr;
    if (class_count_ == count_) return places_;  // nothing is left to be split
    const std::vector<std::uint32_t> ids = Intern(column);
    std::vector<std::uint32_t> values(count_, 0);
    for (std::size_t i = 0; i < count_; ++i) {
      if (const std::uint32_t place = places_->of_cpu[i]; place != 0) values[i] = ids[place - 1];
    }
    Split(values);
    return places_;
  }

  // The class of the CPU at that position among the online ones.
  std::size_t ClassOf(std::size_t index) const { return classes_.empty() ? 0 : classes_[index]; }

  // The classes as sets, ordered by lowest CPU, and the position of that CPU
  // among the online ones.
  std::vector<std::pair<CpuSet, std::size_t>> Sets() const {
    if (online_.empty()) return {};
    std::vector<std::pair<CpuSet, std::size_t>> sets;
    if (class_count_ == 1) {
      sets.emplace_back(online_, 0);
      return sets;
    }
    // Classes are numbered by their lowest CPU, so a new one is the next one.
    struct Class {
      std::size_t first_index;
      CpuSet::Range open;
      std::vector<CpuSet::Range> closed;
    };
    std::vector<Class> found;
    found.reserve(class_count_);
    std::size_t index = 0;
    for (const CpuSet::Range& range : online_.ranges()) {
      for (std::uint32_t cpu = range.first; cpu <= range.last; ++cpu, ++index) {
        if (classes_[index] == found.size()) {
          found.push_back({index, {cpu, cpu}, {}});
          continue;
        }
        Class& mine = found[classes_[index]];
        if (mine.open.last + 1 != cpu) {
          mine.closed.push_back(mine.open);
          mine.open.first = cpu;
        }
        mine.open.last = cpu;
      }
    }
    sets.reserve(class_count_);
    for (auto& [first_index, open, closed] : found) {
      if (closed.empty()) {
        sets.emplace_back(CpuSet({open}), first_index);
      } else {
        closed.push_back(open);
        sets.emplace_back(CpuSet(std::move(closed)), first_index);
      }
    }
    return sets;
  }

 private:
  template <typename Cell>
  std::shared_ptr<const Places> Place(std::span<const Cell> cells,
                                      const std::vector<CpuSet>& sets) {
    auto places = std::make_shared<Places>();
    places->of_cpu.assign(count_, 0);
    places->sets.reserve(cells.size());
    std::size_t placed = 0;
    for (std::uint32_t i = 0; i < cells.size(); ++i) {
      places->sets.push_back(cells[i].set);
      ForEachIndex(sets[cells[i].set], [&](std::size_t index) {
        places->of_cpu[index] = i + 1;
        ++placed;
      });
    }
    places->has_all = placed == count_;
    return places;
  }

  // 1-based numbers of the cells, equal for cells that are alike.
  template <typename Cell>
  static std::vector<std::uint32_t> Intern(const Column<Cell>& column) {
    std::vector<const Cell*> distinct;
    std::vector<std::uint32_t> ids;
    ids.reserve(column.cells.size());
    SaltedIndex index(column.cells.size());
    for (const Cell& cell : column.cells) {
      const std::uint32_t found = index.FindOrAdd(
          Bits(cell, column.mask), static_cast<std::uint32_t>(distinct.size()),
          [&](std::uint32_t i) { return AreAlike(*distinct[i], cell, column.mask); },
          [&](std::uint32_t i) { return Bits(*distinct[i], column.mask); });
      if (found == distinct.size()) distinct.push_back(&cell);
      ids.push_back(found + 1);
    }
    return ids;
  }

  // CPUs of one class with different values go to different classes. These are
  // numbered by their lowest CPU.
  void Split(const std::vector<std::uint32_t>& values) {
    if (std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>()) == values.end()) {
      return;
    }
    if (classes_.empty()) {
      Renumber(values);
      return;
    }
    std::vector<std::uint64_t> distinct;
    SaltedIndex index(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      const std::uint64_t both = std::uint64_t{classes_[i]} << 32 | values[i];
      classes_[i] = index.FindOrAdd(
          {both, 0}, static_cast<std::uint32_t>(distinct.size()),
          [&](std::uint32_t at) { return distinct[at] == both; },
          [&](std::uint32_t at) {
            return IndexedBits{distinct[at], 0};
          });
      if (classes_[i] == distinct.size()) distinct.push_back(both);
    }
    class_count_ = distinct.size();
  }

  // The first split: the values, which are small numbers, are the classes but
  // for their order.
  void Renumber(const std::vector<std::uint32_t>& values) {
    constexpr std::uint32_t kNone = ~std::uint32_t{0};
    std::vector<std::uint32_t> numbers(
        std::size_t{*std::max_element(values.begin(), values.end())} + 1, kNone);
    std::uint32_t next = 0;
    classes_.reserve(count_);
    for (const std::uint32_t value : values) {
      if (numbers[value] == kNone) numbers[value] = next++;
      classes_.push_back(numbers[value]);
    }
    class_count_ = next;
  }

  // Calls with the position, among the online CPUs, of each CPU of the set.
  template <typename Visit>
  void ForEachIndex(const CpuSet& set, Visit visit) {
    // A set mostly begins behind the one before.
    const auto& mine = online_.ranges();
    const std::uint32_t first = Number(set.First());
    if (at_ > 0 && first <= mine[at_ - 1].last) at_ = base_ = 0;
    auto range = set.ranges().begin();
    std::size_t base = base_;
    for (std::size_t i = at_; i < mine.size() && range != set.ranges().end(); ++i) {
      while (range != set.ranges().end() && range->last < mine[i].first) ++range;
      for (auto at = range; at != set.ranges().end() && at->first <= mine[i].last; ++at) {
        const std::uint32_t last = std::min(at->last, mine[i].last);
        for (std::uint32_t cpu = std::max(at->first, mine[i].first); cpu <= last; ++cpu) {
          visit(base + (cpu - mine[i].first));
        }
      }
      if (first > mine[i].last) {
        at_ = i + 1;
        base_ = base + (mine[i].last - mine[i].first + std::size_t{1});
      }
      base += mine[i].last - mine[i].first + std::size_t{1};
    }
  }

  const CpuSet& online_;
  std::size_t count_;
  std::shared_ptr<const Places> places_;  // of the column before
  std::size_t class_count_ = 1;
  std::vector<std::uint32_t> classes_;  // by position among the online CPUs; empty: all 0
  std::size_t at_ = 0;                  // an online range: what comes next is not before it
  std::size_t base_ = 0;                // how many CPUs stand before that
};

}  // namespace

struct SnapshotRow::Sheet {
  std::vector<Column<CpuidCell>> cpuid;  // ascending
  std::vector<Column<MsrCell>> msrs;     // ascending
};

MsrReading SnapshotRow::Msr(MsrAddress address) const {
  const auto* const column = Find(sheet_->msrs, address);
  const MsrCell* const cell = column ? column->Get(number_) : nullptr;
  return cell ? cell->reading() : tl::unexpected(AccessCode::kNotRecorded);
}

void SnapshotRow::ReadMsr(std::size_t number, MsrReading* reading) const {
  const MsrCell* const cell = sheet_->msrs[number].Get(number_);
  if (cell == nullptr) {
    *reading = tl::unexpected(AccessCode::kNotRecorded);
  } else {
    *reading = cell->given;
  }
}

bool SnapshotRow::IsMsrOfAll(std::size_t number) const { return sheet_->msrs[number].IsOfAll(); }

CpuidReading SnapshotRow::Cpuid(CpuidLeaf leaf) const {
  const auto* const column = Find(sheet_->cpuid, leaf);
  const CpuidCell* const cell = column ? column->Get(number_) : nullptr;
  if (!cell) return tl::unexpected(AccessCode::kNotRecorded);
  CpuidReading reading = cell->reading();
  const bool has_more = reading && (reading->recorded & ~column->mask) != 0;
  if (has_more) *reading = reading->Masked(column->mask);
  return reading;
}

std::vector<SnapshotRow> PlatformSnapshot::Rows(const Selection& selection) const {
  auto sheet = std::make_shared<SnapshotRow::Sheet>();
  Partition partition(online_);
  std::vector<std::shared_ptr<const Places>> places;
  places.reserve(selection.cpuid.size() + selection.msrs.size());
  const auto add = [&](const auto& table, const auto& key, CpuidRegisterMask mask, auto* columns) {
    columns->push_back({key, mask, {}, {}});
    places.emplace_back();
    const auto column = table.Find(key);
    if (!column) return;
    columns->back().cells = column->cells;
    places.back() = partition.Refine(columns->back(), sets_);
  };
  sheet->cpuid.reserve(selection.cpuid.size());
  for (const auto& [leaf, mask] : selection.cpuid) add(cpuid_, leaf, mask, &sheet->cpuid);
  const Partition by_cpuid = partition;
  sheet->msrs.reserve(selection.msrs.size());
  for (const MsrAddress address : selection.msrs) {
    add(msrs_, address, kAllCpuidRegisters, &sheet->msrs);
  }

  auto sets = partition.Sets();
  const auto fill = [&](auto* columns, std::size_t first_place) {
    for (std::size_t i = 0; i < columns->size(); ++i) {
      auto& column = (*columns)[i];
      const Places* const mine = places[first_place + i].get();
      if (mine == nullptr) continue;
      column.of_rows.reserve(sets.size());
      for (const auto& [cpus, index] : sets) {
        const std::uint32_t place = mine->of_cpu[index];
        column.of_rows.push_back(place == 0 ? nullptr : &column.cells[place - 1]);
      }
    }
  };
  fill(&sheet->cpuid, 0);
  fill(&sheet->msrs, sheet->cpuid.size());

  std::vector<SnapshotRow> rows(sets.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].cpus_ = std::move(sets[i].first);
    rows[i].sheet_ = sheet;
    rows[i].number_ = i;
    rows[i].cpuid_class_ = by_cpuid.ClassOf(sets[i].second);
  }
  return rows;
}

}  // namespace vtprobe
