#include "boots.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "vote.h"
#include "vtprobe/hal/overlaps.h"

namespace vtprobe::fleet {
namespace {

// A register's two halves, which are compared between machines and not, are one cell
// each, and both are compared here.
struct Column {
  RegisterId reg;
  std::uint32_t core_type = 0;
  bool is_own = false;

  // Of what the compiler makes of a bool.
  // NOLINTNEXTLINE(readability-implicit-bool-conversion)
  friend auto operator<=>(const Column&, const Column&) = default;
};

using Row = std::map<Column, CellNumber>;

Row RowOf(const Fold& fold, const Boot& boot) {
  Row row;
  for (const CellNumber cell : boot.pattern->cells) {
    row[{fold.cell(cell).reg, fold.cell(cell).core_type, false}] = cell;
  }
  for (const CellNumber cell : boot.own) {
    row[{fold.cell(cell).reg, fold.cell(cell).core_type, true}] = cell;
  }
  return row;
}

// Where both have an answer and it is not the same.
std::vector<Reading> Differences(const Cell& usual, const Cell& cell) {
  std::vector<Reading> readings;
  for (const auto& [was, is, cpus] :
       FindOverlaps(CpuGroups(usual.values), CpuGroups(cell.values))) {
    const RegisterReading& before = usual.values[was].second;
    const RegisterReading& after = cell.values[is].second;
    if (!IsAnswer(before) || !IsAnswer(after)) continue;
    if (Agree(before, after)) continue;
    readings.push_back({cell.reg, cpus, after, before, DifferingBits(before, after)});
  }
  return readings;
}

std::string Listed(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + text;
  return list;
}

Change ChangeOf(const Fold& fold, const std::string& machine, const Boot& before,
                const Boot& after) {
  Change change{machine, before.name, after.name, {}, {}};
  const Row was = RowOf(fold, before);
  for (const auto& [column, cell] : RowOf(fold, after)) {
    const auto found = was.find(column);
    if (found == was.end() || found->second == cell) continue;
    for (Reading& reading : Differences(fold.cell(found->second), fold.cell(cell))) {
      change.readings.push_back(std::move(reading));
    }
  }
  const auto add = [&](std::string_view what, const std::string& old_text,
                       const std::string& new_text) {
    if (old_text != new_text) change.texts.push_back({std::string(what), old_text, new_text});
  };
  add("firmware", before.pattern->firmware, after.pattern->firmware);
  add("microcode", Listed(before.pattern->microcode), Listed(after.pattern->microcode));
  add("board", before.pattern->kin.board, after.pattern->kin.board);
  add("model", before.pattern->kin.model, after.pattern->kin.model);
  return change;
}

// What a column is in the recordings of a machine, and in which of them.
using Seen = std::map<CellNumber, Names>;

// A value that is not usual, and the cells, by their place in Seen, that have it: CPUs of
// which these are the same are named together.
struct Odd {
  RegisterReading value;
  std::optional<RegisterReading> usual;
  std::size_t recordings = 0;
  std::vector<std::size_t> cells;

  friend auto operator<=>(const Odd&, const Odd&) = default;
};

// CPU by CPU, since each may be the odd one in another recording: what is usual is what
// more than half of the recordings have on that CPU.
class OddCpus {
 public:
  OddCpus(const Fold& fold, const Seen& seen) {
    for (const auto& [number, names] : seen) {
      const Cell& cell = fold.cell(number);
      cells_.push_back({&cell, &names, CpuGroups(cell.values).Ascending(), 0});
      for (const CpuGroups::Range& range : cells_.back().ranges) {
        bounds_.insert(range.cpus.first);
        bounds_.insert(range.cpus.last + 1);
      }
    }
  }

  std::vector<InSomeBoots> Find(const std::string& machine, const RegisterId& reg) {
    std::map<Odd, std::vector<CpuSet::Range>> odd;
    // Between two bounds no cell changes.
    for (auto first = bounds_.begin(), end = std::next(first); end != bounds_.end();
         first = end++) {
      for (Odd& one : OddOf(*first)) odd[std::move(one)].push_back({*first, *end - 1});
    }
    std::vector<InSomeBoots> found;
    for (auto& [one, ranges] : odd) {
      Names boots;
      for (const std::size_t cell : one.cells) boots.Add(*cells_[cell].names);
      found.push_back({machine, one.recordings, reg, CpuSet(std::move(ranges)), one.value,
                       one.usual, std::move(boots)});
    }
    // Cells are numbered as they came.
    std::sort(found.begin(), found.end(), [](const InSomeBoots& a, const InSomeBoots& b) {
      return std::tuple(a.value, a.cpus.First(), a.cpus.ToString()) <
             std::tuple(b.value, b.cpus.First(), b.cpus.ToString());
    });
    return found;
  }

 private:
  struct SeenCell {
    const Cell* cell;
    const Names* names;
    std::vector<CpuGroups::Range> ranges;
    std::size_t next;  // the first range that is not all before the CPU asked for
  };
  struct Having {
    std::vector<std::size_t> cells;
    std::size_t recordings = 0;
  };

  // Of CPUs that are asked for in ascending order.
  std::vector<Odd> OddOf(std::uint32_t cpu) {
    std::map<RegisterReading, Having> values;
    std::size_t recordings = 0;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      SeenCell& seen = cells_[i];
      while (seen.next < seen.ranges.size() && seen.ranges[seen.next].cpus.last < cpu) ++seen.next;
      if (seen.next == seen.ranges.size() || cpu < seen.ranges[seen.next].cpus.first) continue;
      const RegisterReading& value = seen.cell->values[seen.ranges[seen.next].group].second;
      if (!IsAnswer(value)) continue;
      values[value].cells.push_back(i);
      values[value].recordings += seen.names->count();
      recordings += seen.names->count();
    }
    if (values.size() < 2) return {};
    const auto most = std::max_element(
        values.begin(), values.end(),
        [](const auto& a, const auto& b) { return a.second.recordings < b.second.recordings; });
    const bool has_usual = 2 * most->second.recordings > recordings;
    std::vector<Odd> odd;
    for (auto& [value, having] : values) {
      if (!has_usual) {
        odd.push_back({value, std::nullopt, recordings, having.cells});
      } else if (!Agree(value, most->first)) {
        odd.push_back({value, most->first, recordings, having.cells});
      }
    }
    return odd;
  }

  std::vector<SeenCell> cells_;
  std::set<std::uint32_t> bounds_;
};

void FindOddBoots(const Fold& fold, const std::string& machine, const std::vector<Boot>& boots,
                  Findings* findings) {
  std::map<Column, Seen> columns;
  for (const Boot& boot : boots) {
    for (const auto& [column, cell] : RowOf(fold, boot)) columns[column][cell].Add(boot.name);
  }
  for (const auto& [column, seen] : columns) {
    if (seen.size() < 2) continue;
    for (InSomeBoots& one : OddCpus(fold, seen).Find(machine, column.reg)) {
      findings->boots.push_back(std::move(one));
    }
  }
}

}  // namespace

void CompareBoots(const Fold& fold, Findings* findings) {
  for (const auto& [machine, unordered] : fold.machines()) {
    if (unordered.size() < 2) continue;
    std::vector<Boot> boots = unordered;
    std::sort(boots.begin(), boots.end(), IsBefore);
    Change change = ChangeOf(fold, machine, boots[boots.size() - 2], boots.back());
    if (!change.readings.empty() || !change.texts.empty()) {
      findings->changes.push_back(std::move(change));
    }
    if (boots.size() > 2) FindOddBoots(fold, machine, boots, findings);
  }
}

}  // namespace vtprobe::fleet
