#include "boots.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

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
    if (before == after || !IsAnswer(before) || !IsAnswer(after)) continue;
    const std::uint64_t differing = DifferingBits(before, after);
    if (differing == 0 && before.known() != 0 && after.known() != 0) continue;
    readings.push_back({cell.reg, cpus, after, before, differing});
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

void FindOddBoots(const Fold& fold, const std::string& machine, const std::vector<Boot>& boots,
                  Findings* findings) {
  std::map<Column, std::map<CellNumber, Names>> columns;
  for (const Boot& boot : boots) {
    for (const auto& [column, cell] : RowOf(fold, boot)) columns[column][cell].Add(boot.name);
  }
  for (const auto& [column, cells] : columns) {
    if (cells.size() < 2) continue;
    std::size_t recordings = 0;
    for (const auto& [cell, names] : cells) recordings += names.count();
    const auto most = std::max_element(
        cells.begin(), cells.end(),
        [](const auto& a, const auto& b) { return a.second.count() < b.second.count(); });
    const bool has_usual = 2 * most->second.count() > recordings;
    std::vector<InSomeBoots> odd;
    for (const auto& [cell, names] : cells) {
      if (has_usual && cell == most->first) continue;
      if (has_usual) {
        for (const Reading& reading : Differences(fold.cell(most->first), fold.cell(cell))) {
          odd.push_back(
              {machine, recordings, column.reg, reading.cpus, reading.value, reading.usual, names});
        }
        continue;
      }
      for (const auto& [cpus, value] : fold.cell(cell).values) {
        if (IsAnswer(value)) {
          odd.push_back({machine, recordings, column.reg, cpus, value, std::nullopt, names});
        }
      }
    }
    // Cells are numbered as they came.
    std::stable_sort(odd.begin(), odd.end(), [](const InSomeBoots& a, const InSomeBoots& b) {
      return std::tuple(a.value, a.cpus.ToString()) < std::tuple(b.value, b.cpus.ToString());
    });
    for (InSomeBoots& one : odd) findings->boots.push_back(std::move(one));
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
