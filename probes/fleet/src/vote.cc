#include "vote.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/hal/overlaps.h"

namespace vtprobe::fleet {
namespace {

using Column = std::pair<RegisterId, std::uint32_t>;  // of one core type

bool IsWhole(const RegisterReading& reading) { return IsAnswer(reading) && !reading.IsPartial(); }

// A usual value, and the CPUs that have it on more than half of the machines.
struct Place {
  CpuSet cpus;
  RegisterReading value;
  std::size_t machines = 0;
};

class Votes {
 public:
  // Of as many machines that read this.
  void Add(const Cell& cell, std::size_t machines) {
    std::set<RegisterReading> values;
    for (const auto& [cpus, value] : cell.values) {
      if (IsWhole(value)) values.insert(value);
    }
    if (values.empty()) return;
    voters_ += machines;
    for (const RegisterReading& value : values) votes_[value] += machines;
    if (values.size() < 2) return;
    for (const auto& [cpus, value] : cell.values) {
      if (!IsWhole(value)) continue;
      Place& place = places_[{value, cpus.ToString()}];
      place = {cpus, value, place.machines + machines};
    }
  }

  // When all have voted: what is asked below for each machine is looked for once.
  void Close() {
    for (const auto& [value, machines] : votes_) {
      if (IsMost(machines)) usual_.emplace_back(value, machines);
    }
    for (const auto& [key, place] : places_) {
      if (IsMost(place.machines)) layout_.push_back(place);
    }
    if (layout_.size() < 2) layout_.clear();
  }

  std::size_t voters() const { return voters_; }
  std::size_t CountOfValues() const { return votes_.size(); }
  // Those that more than half of the machines have, with how many, by value.
  const std::vector<std::pair<RegisterReading, std::size_t>>& usual() const { return usual_; }
  bool IsUsual(const RegisterReading& value) const {
    return std::any_of(usual_.begin(), usual_.end(),
                       [&](const auto& one) { return one.first == value; });
  }
  // The most frequent, with how many have it; null if none is usual.
  const std::pair<RegisterReading, std::size_t>* MostUsual() const {
    const auto most =
        std::max_element(usual_.begin(), usual_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == usual_.end() ? nullptr : &*most;
  }
  // Whether a reading is that of most, as far as it is known.
  bool Holds(const RegisterReading& reading) const {
    return std::any_of(usual_.begin(), usual_.end(),
                       [&](const auto& one) { return Agree(one.first, reading); });
  }

  // Which CPUs have which value, where several are usual; else empty. No CPU stands in two
  // places, since of any two some machine has both.
  const std::vector<Place>& layout() const { return layout_; }

 private:
  bool IsMost(std::size_t machines) const { return 2 * machines > voters_; }

  std::size_t voters_ = 0;
  std::map<RegisterReading, std::size_t> votes_;
  std::map<std::pair<RegisterReading, std::string>, Place> places_;
  std::vector<std::pair<RegisterReading, std::size_t>> usual_;
  std::vector<Place> layout_;
};

// Machines that are held against each other.
struct Like {
  std::vector<const Machines*> machines;
  std::size_t count = 0;
  std::set<std::string_view> firmware;
};

std::map<Kin, Like> ByKin(const std::vector<Machines>& machines) {
  std::map<Kin, Like> kin;
  for (const Machines& some : machines) {
    Like& like = kin[some.pattern->kin];
    like.machines.push_back(&some);
    like.count += some.names.count();
    like.firmware.insert(some.pattern->firmware);
  }
  return kin;
}

// Columns of machines one after the other, so that what is counted of one is forgotten
// before the next.
class Columns {
 public:
  // What a machine has of a column.
  struct Entry {
    const Machines* machines;
    CellNumber cell;
  };

  Columns(const Fold& fold, const std::vector<const Machines*>& machines) : fold_(fold) {
    rest_.reserve(machines.size());
    for (const Machines* const some : machines) {
      rest_.emplace_back(some, InOrder(some->pattern->cells));
      Wait(rest_.size() - 1);
    }
  }

  // `look` is called with each column, in order, and the entries of all that have it, by
  // machine.
  template <typename Look>
  void ForEach(const Look& look) {
    while (!waiting_.empty()) {
      auto first = waiting_.extract(waiting_.begin());
      std::vector<std::size_t>& members = first.mapped();
      std::sort(members.begin(), members.end());
      std::vector<Entry> entries;
      entries.reserve(members.size());
      for (const std::size_t member : members) {
        auto& [machines, cells] = rest_[member];
        while (!cells.empty() && ColumnOf(cells.front()) == first.key()) {
          entries.push_back({machines, cells.front()});
          cells = cells.subspan(1);
        }
        Wait(member);
      }
      look(first.key(), entries);
    }
  }

 private:
  Column ColumnOf(CellNumber number) const {
    const Cell& cell = fold_.cell(number);
    return {cell.reg, cell.core_type};
  }

  void Wait(std::size_t member) {
    const std::span<const CellNumber> cells = rest_[member].second;
    if (!cells.empty()) waiting_[ColumnOf(cells.front())].push_back(member);
  }

  // Those of a fold that was read may stand in any order.
  std::span<const CellNumber> InOrder(const std::vector<CellNumber>& cells) {
    const auto is_before = [&](CellNumber a, CellNumber b) { return ColumnOf(a) < ColumnOf(b); };
    if (std::is_sorted(cells.begin(), cells.end(), is_before)) return cells;
    std::vector<CellNumber>& sorted = sorted_.emplace_back(cells);
    std::stable_sort(sorted.begin(), sorted.end(), is_before);
    return sorted;
  }

  const Fold& fold_;
  std::vector<std::pair<const Machines*, std::span<const CellNumber>>> rest_;
  std::map<Column, std::vector<std::size_t>> waiting_;  // of rest_, by the column that is next
  std::deque<std::vector<CellNumber>> sorted_;
};

class Comparison {
 public:
  Comparison(const Fold& fold, std::size_t most, Findings* findings)
      : fold_(fold), most_(most), findings_(*findings) {
    for (const CellNumber number : fold.golden()) {
      const Cell& cell = fold.cell(number);
      golden_[{cell.reg, cell.core_type}].Add(cell, 1);
    }
    for (auto& [column, votes] : golden_) votes.Close();
  }

  void Look(const Kin& kin, const Like& like) {
    if (golden_.empty() && like.count == 1) ++findings_.without_like;
    std::map<std::string_view, std::vector<OfFirmware>> of_firmware;
    Columns(fold_, like.machines).ForEach([&](const Column& column, const auto& entries) {
      if (golden_.empty()) {
        LookAmongLike(kin, like, column, entries, &of_firmware);
      } else if (const auto golden = golden_.find(column); golden != golden_.end()) {
        for (const auto& [some, cell] : entries) {
          HoldAgainst(*some, fold_.cell(cell), golden->second, false);
        }
      }
      FinishColumn();
    });
    for (auto& [firmware, values] : of_firmware) {
      std::move(values.begin(), values.end(), std::back_inserter(findings_.of_firmware));
    }
  }

 private:
  using AllVotes = std::map<std::string_view, Votes>;  // by firmware

  void LookAmongLike(const Kin& kin, const Like& like, const Column& column,
                     const std::vector<Columns::Entry>& entries,
                     std::map<std::string_view, std::vector<OfFirmware>>* of_firmware) {
    Votes of_kin;
    AllVotes by_firmware;
    for (const auto& [some, cell] : entries) {
      of_kin.Add(fold_.cell(cell), some->names.count());
      by_firmware[some->pattern->firmware].Add(fold_.cell(cell), some->names.count());
    }
    of_kin.Close();
    for (auto& [firmware, votes] : by_firmware) votes.Close();
    for (const auto& [some, cell] : entries) {
      const Votes& votes = by_firmware.find(some->pattern->firmware)->second;
      LookAt(*some, fold_.cell(cell), votes, of_kin, like.firmware.size() > 1);
    }
    if (like.firmware.size() > 1) CompareFirmware(kin, column, by_firmware, of_kin, of_firmware);
  }

  void LookAt(const Machines& some, const Cell& cell, const Votes& of_firmware, const Votes& of_kin,
              bool has_other_firmware) {
    if (of_firmware.voters() > 1 && of_firmware.MostUsual() != nullptr) {
      HoldAgainst(some, cell, of_firmware, has_other_firmware);
    } else if (of_kin.voters() > of_firmware.voters() && of_kin.MostUsual() != nullptr) {
      HoldAgainst(some, cell, of_kin, false);
    } else if (of_kin.voters() > 1 && of_kin.CountOfValues() > 1) {
      AddToSplit(some, cell, of_kin.voters() > of_firmware.voters() ? of_kin : of_firmware,
                 of_kin.voters() > of_firmware.voters());
    }
  }

  void HoldAgainst(const Machines& some, const Cell& cell, const Votes& votes,
                   bool within_firmware) {
    const auto* const usual = votes.MostUsual();
    if (usual == nullptr) return;
    const std::vector<Place>& layout = votes.layout();
    std::vector<CpuGathering> placed(cell.values.size());  // CPUs that have a place, by value
    if (!layout.empty()) {
      const CpuGroups places(layout,
                             [](const Place& place) -> const CpuSet& { return place.cpus; });
      for (const auto& [place, is, cpus] : FindOverlaps(places, CpuGroups(cell.values))) {
        const RegisterReading& value = cell.values[is].second;
        placed[is].Add(cpus);
        if (!IsAnswer(value) || Agree(layout[place].value, value)) continue;
        AddOutlier(some, {cell.reg, cpus, value, layout[place].value, 0}, layout[place].machines,
                   votes.voters(), within_firmware);
      }
    }
    for (std::size_t i = 0; i < placed.size(); ++i) {
      const auto& [cpus, value] = cell.values[i];
      if (!IsAnswer(value) || votes.Holds(value)) continue;
      CpuSet rest = cpus.Difference(placed[i].Together());
      if (rest.empty()) continue;
      AddOutlier(some, {cell.reg, std::move(rest), value, usual->first, 0}, usual->second,
                 votes.voters(), within_firmware);
    }
  }

  void AddOutlier(const Machines& some, Reading reading, std::size_t with_usual, std::size_t of,
                  bool within_firmware) {
    reading.differing = DifferingBits(reading.value, reading.usual);
    Outlier& outlier =
        outliers_[{some.pattern->firmware, reading.value, reading.usual, reading.cpus.ToString()}];
    outlier.kin = some.pattern->kin;
    outlier.firmware = some.pattern->firmware;
    outlier.reading = std::move(reading);
    outlier.with_usual = with_usual;
    outlier.of = of;
    outlier.within_firmware = within_firmware;
    outlier.machines.Add(some.names);
  }

  void AddToSplit(const Machines& some, const Cell& cell, const Votes& votes, bool over_all) {
    std::string_view firmware;
    if (!over_all) firmware = some.pattern->firmware;
    auto& [split, machines] = splits_[firmware];
    split.kin = some.pattern->kin;
    split.firmware = firmware;
    split.reg = cell.reg;
    split.of = votes.voters();
    std::set<RegisterReading> values;
    for (const auto& [cpus, value] : cell.values) {
      if (IsWhole(value)) values.insert(value);
    }
    for (const RegisterReading& value : values) machines[value].Add(some.names);
  }

  static void CompareFirmware(const Kin& kin, const Column& column, const AllVotes& by_firmware,
                              const Votes& all,
                              std::map<std::string_view, std::vector<OfFirmware>>* of_firmware) {
    const auto* const usual = all.MostUsual();
    if (usual == nullptr) return;
    for (const auto& [firmware, votes] : by_firmware) {
      if (votes.voters() < 2) continue;
      for (const auto& [value, machines] : votes.usual()) {
        if (all.IsUsual(value)) continue;
        (*of_firmware)[firmware].push_back(
            {kin, std::string(firmware), column.first, value, usual->first, machines});
      }
    }
  }

  // Takes what was found of a column over.
  void FinishColumn() {
    findings_.outlier_count += outliers_.size();
    for (auto& [key, outlier] : outliers_) {
      if (findings_.outliers.size() >= most_) break;
      findings_.outliers.push_back(std::move(outlier));
    }
    outliers_.clear();
    for (auto& [firmware, found] : splits_) {
      auto& [split, values] = found;
      for (auto& [value, machines] : values) split.values.push_back({value, std::move(machines)});
      std::stable_sort(split.values.begin(), split.values.end(),
                       [](const ValueCount& a, const ValueCount& b) {
                         return a.machines.count() > b.machines.count();
                       });
      split.value_count = split.values.size();
      if (split.values.size() > most_) {
        split.values.resize(most_);
        split.values.shrink_to_fit();
      }
      findings_.splits.push_back(std::move(split));
    }
    splits_.clear();
  }

  const Fold& fold_;
  std::size_t most_;
  Findings& findings_;
  std::map<Column, Votes> golden_;
  // Of the column that is looked at: by firmware, value, usual value and CPUs; and by
  // firmware.
  std::map<std::tuple<std::string_view, RegisterReading, RegisterReading, std::string>, Outlier>
      outliers_;
  std::map<std::string_view, std::pair<Split, std::map<RegisterReading, Names>>> splits_;
};

}  // namespace

bool Agree(const RegisterReading& a, const RegisterReading& b) {
  if (a.known() == 0 || b.known() == 0) return a == b;
  return DifferingBits(a, b) == 0;
}

std::uint64_t DifferingBits(const RegisterReading& a, const RegisterReading& b) {
  return (a.known_bits() ^ b.known_bits()) & a.known() & b.known();
}

void Compare(const Fold& fold, const std::vector<Machines>& machines, std::size_t most,
             Findings* findings) {
  Comparison comparison(fold, most, findings);
  for (const auto& [kin, like] : ByKin(machines)) comparison.Look(kin, like);
}

}  // namespace vtprobe::fleet
