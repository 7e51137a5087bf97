// A table of readings while it is being put together.
//
// Readings are appended to one log in the order in which they come, each with
// the column of its register. A recording mostly names its registers in
// ascending order, and in each block the same as in the block before: then the
// column is the next one and nothing is searched, and the log is the finished
// table. What comes in another order is indexed and sorted at the end.

#ifndef VTPROBE_HAL_SRC_SNAPSHOT_GROWING_TABLE_H_
#define VTPROBE_HAL_SRC_SNAPSHOT_GROWING_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "snapshot/block_sets.h"
#include "snapshot/cpu_bitmap.h"
#include "snapshot/salted_index.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/reading_table.h"

namespace vtprobe {

template <typename Cell>
class GrowingTable {
 public:
  using Key = typename Cell::Key;
  using Reading = typename Cell::Reading;

  // The registers of a block mostly come in the order of the block before.
  void StartBlock() { hint_ = 0; }

  // Adds a reading of the CPUs of the last set. False, and nothing added, if one
  // of them has a reading of that register. `may_overlap`: an earlier block
  // named one of these CPUs.
  bool Add(const Key& key, const Reading& reading, BlockSets* sets, bool may_overlap) {
    const CpuSetId set = sets->last();
    const CpuSet& cpus = (*sets)[set];
    const std::uint32_t first = Number(cpus.First());
    const std::uint32_t last = Number(cpus.Last());
    if (cells_.empty()) MakeRoom();
    const std::uint32_t position = Find(key);
    const auto next = static_cast<std::uint32_t>(cells_.size());
    if (position == columns_.size()) {
      columns_.push_back({key, next, first, last});
      previous_.push_back(kNone);
    } else {
      Column& column = columns_[position];
      if (cells_[column.last].set == set) return false;
      // What lies outside the CPUs seen can't be a duplicate.
      if (may_overlap && first <= column.highest_cpu && column.lowest_cpu <= last &&
          HasReading(position, cpus, sets)) {
        return false;
      }
      previous_.push_back(std::exchange(column.last, next));
      column.lowest_cpu = std::min(column.lowest_cpu, first);
      column.highest_cpu = std::max(column.highest_cpu, last);
      if (!covered_.empty()) {
        if (const auto found = covered_.find(position); found != covered_.end()) {
          found->second.Add(cpus);
        }
      }
    }
    cells_.emplace_back(set, reading);
    column_of_.push_back(position);
    return true;
  }

  // Leaves the table empty.
  ReadingTable<Cell> Take(const std::vector<CpuSet>& sets) {
    ReadingTable<Cell> table;
    previous_ = {};
    index_ = {};
    covered_ = {};
    SortColumns(&table.keys);
    SortCells(table.keys.size(), &table);
    SortByFirstCpu(sets, &table);
    *this = {};
    return table;
  }

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};

  struct Column {
    Key key;
    std::uint32_t last;  // its cell that was added last
    std::uint32_t lowest_cpu;
    std::uint32_t highest_cpu;
  };

  // For what a small machine has, so that nothing is moved where there are many of those.
  void MakeRoom() {
    constexpr std::size_t kFew = 32;
    cells_.reserve(kFew);
    column_of_.reserve(kFew);
    previous_.reserve(kFew);
    columns_.reserve(kFew);
  }

  static IndexedBits Bits(MsrAddress address) { return {Number(address)}; }
  static IndexedBits Bits(const CpuidLeaf& leaf) { return {leaf.leaf, leaf.subleaf}; }

  // The position of the register's column; that of the next one to be added if
  // it has none.
  std::uint32_t Find(const Key& key) {
    const auto count = static_cast<std::uint32_t>(columns_.size());
    std::uint32_t position = hint_;
    const bool is_behind_all =
        hint_ == count && !index_ && (count == 0 || columns_.back().key < key);
    if (!is_behind_all && (hint_ == count || columns_[hint_].key != key)) {
      if (!index_) index_.emplace();
      position = index_->FindOrAdd(
          Bits(key), count, [&](std::uint32_t i) { return columns_[i].key == key; },
          [&](std::uint32_t i) { return Bits(columns_[i].key); });
      is_ascending_ = is_ascending_ && (position < count || columns_.back().key < key);
    }
    hint_ = position + 1;
    return position;
  }

  // Whether one of the CPUs has a reading in the column. The readings are
  // looked at one by one as long as they are few for the CPUs that there are,
  // and gathered into a bitmap then.
  bool HasReading(std::uint32_t position, const CpuSet& cpus, BlockSets* sets) {
    constexpr std::size_t kFew = 8;
    const Column& column = columns_[position];
    if (const auto found = covered_.find(position); found != covered_.end()) {
      return found->second.Intersects(cpus);
    }
    std::size_t looks = kFew + CpuBitmap::WordsFor(LogicalCpu{column.highest_cpu}) / 4;
    for (std::uint32_t cell = column.last; cell != kNone; cell = previous_[cell]) {
      if (sets->LastIntersects(cells_[cell].set)) return true;
      if (--looks == 0) break;
    }
    if (looks > 0) return false;
    CpuBitmap& covered = covered_[position];
    for (std::uint32_t cell = column.last; cell != kNone; cell = previous_[cell]) {
      covered.Add((*sets)[cells_[cell].set]);
    }
    return covered.Intersects(cpus);
  }

  // Gives the keys in ascending order, and the cells the columns that those are
  // now. Lets go of the columns.
  void SortColumns(std::vector<Key>* keys) {
    keys->reserve(columns_.size());
    if (is_ascending_) {
      for (const Column& column : columns_) keys->push_back(column.key);
      columns_ = {};
      return;
    }
    std::vector<std::pair<Key, std::uint32_t>> order;
    order.reserve(columns_.size());
    for (const Column& column : columns_) {
      order.emplace_back(column.key, static_cast<std::uint32_t>(order.size()));
    }
    columns_ = {};
    std::sort(order.begin(), order.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::uint32_t> rank(order.size());
    for (const auto& [key, position] : order) {
      rank[position] = static_cast<std::uint32_t>(keys->size());
      keys->push_back(key);
    }
    for (std::uint32_t& column : column_of_) column = rank[column];
  }

  // Puts the cells in the order of their columns, and within one in that in
  // which they came.
  void SortCells(std::size_t column_count, ReadingTable<Cell>* table) {
    table->ends.assign(column_count, 0);
    for (const std::uint32_t column : column_of_) ++table->ends[column];
    std::uint32_t end = 0;
    for (std::uint32_t& count : table->ends) end = count += end;
    if (std::is_sorted(column_of_.begin(), column_of_.end())) {
      table->cells = std::move(cells_);
      return;
    }
    // From the last one on, so that each end is its column's begin when all of
    // its cells have found their place.
    table->cells.assign(cells_.size(), cells_.front());
    for (std::size_t i = cells_.size(); i-- > 0;) {
      table->cells[--table->ends[column_of_[i]]] = cells_[i];
    }
    std::rotate(table->ends.begin(), table->ends.begin() + 1, table->ends.end());
    table->ends.back() = end;
  }

  static void SortByFirstCpu(const std::vector<CpuSet>& sets, ReadingTable<Cell>* table) {
    const auto is_before = [&](const Cell& a, const Cell& b) {
      return sets[a.set].First() < sets[b.set].First();
    };
    auto begin = table->cells.begin();
    for (const std::uint32_t end_position : table->ends) {
      const auto end = table->cells.begin() + static_cast<std::ptrdiff_t>(end_position);
      if (!std::is_sorted(begin, end, is_before)) std::sort(begin, end, is_before);
      begin = end;
    }
  }

  std::vector<Cell> cells_;               // as they came
  std::vector<std::uint32_t> column_of_;  // of each cell
  std::vector<std::uint32_t> previous_;   // the column's cell before each, kNone for its first
  std::vector<Column> columns_;           // as their registers were first named
  bool is_ascending_ = true;              // whether they are
  std::uint32_t hint_ = 0;                // the column behind the one used last
  std::optional<SaltedIndex> index_;      // once a register was not where it was expected
  std::unordered_map<std::uint32_t, CpuBitmap> covered_;  // by columns of many readings
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_SNAPSHOT_GROWING_TABLE_H_
