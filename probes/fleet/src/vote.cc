#include "vote.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
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

  std::size_t voters() const { return voters_; }
  const std::map<RegisterReading, std::size_t>& all() const { return votes_; }
  std::size_t Of(const RegisterReading& value) const {
    const auto found = votes_.find(value);
    return found == votes_.end() ? 0 : found->second;
  }
  bool IsUsual(const RegisterReading& value) const { return 2 * Of(value) > voters_; }
  // Null if there is none.
  const RegisterReading* Usual() const {
    const auto most =
        std::max_element(votes_.begin(), votes_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == votes_.end() || 2 * most->second <= voters_ ? nullptr : &most->first;
  }
  // Whether a reading is that of most, as far as it is known.
  bool Holds(const RegisterReading& reading) const {
    return std::any_of(votes_.begin(), votes_.end(), [&](const auto& vote) {
      return 2 * vote.second > voters_ && Agree(vote.first, reading);
    });
  }

  // Which CPUs have which value, where several are usual; else empty. No CPU stands in two
  // places, since of any two some machine has both.
  std::vector<Place> Layout() const {
    std::vector<Place> layout;
    for (const auto& [key, place] : places_) {
      if (2 * place.machines > voters_) layout.push_back(place);
    }
    return layout.size() < 2 ? std::vector<Place>() : layout;
  }

 private:
  std::size_t voters_ = 0;
  std::map<RegisterReading, std::size_t> votes_;
  std::map<std::pair<RegisterReading, std::string>, Place> places_;
};

using Table = std::map<Column, Votes>;

// Machines that are held against each other.
struct Like {
  std::vector<const Machines*> machines;
  std::size_t count = 0;
  Table votes;
  std::map<std::string, Table> by_firmware;
};

std::map<Kin, Like> ByKin(const Fold& fold, const std::vector<Machines>& machines) {
  std::map<Kin, Like> kin;
  for (const Machines& some : machines) {
    Like& like = kin[some.pattern->kin];
    Table& of_firmware = like.by_firmware[some.pattern->firmware];
    like.machines.push_back(&some);
    like.count += some.names.count();
    for (const CellNumber number : some.pattern->cells) {
      const Cell& cell = fold.cell(number);
      const Column column{cell.reg, cell.core_type};
      like.votes[column].Add(cell, some.names.count());
      of_firmware[column].Add(cell, some.names.count());
    }
  }
  return kin;
}

class Comparison {
 public:
  Comparison(const Fold& fold, Findings* findings) : fold_(fold), findings_(*findings) {
    for (const CellNumber number : fold.golden()) {
      const Cell& cell = fold.cell(number);
      golden_[{cell.reg, cell.core_type}].Add(cell, 1);
    }
  }

  void Look(const Kin& kin, const Like& like) {
    if (golden_.empty() && like.count == 1) ++findings_.without_like;
    for (const Machines* const some : like.machines) {
      for (const CellNumber number : some->pattern->cells) LookAt(*some, fold_.cell(number), like);
    }
    if (golden_.empty()) CompareFirmware(kin, like);
  }

  void Finish() {
    for (auto& [key, outlier] : outliers_) findings_.outliers.push_back(std::move(outlier));
    for (auto& [key, split] : splits_) {
      std::sort(split.values.begin(), split.values.end(),
                [](const ValueCount& a, const ValueCount& b) {
                  if (a.machines.count() != b.machines.count()) {
                    return a.machines.count() > b.machines.count();
                  }
                  return a.value < b.value;
                });
      findings_.splits.push_back(std::move(split));
    }
  }

 private:
  void LookAt(const Machines& some, const Cell& cell, const Like& like) {
    const Column column{cell.reg, cell.core_type};
    if (!golden_.empty()) {
      const auto golden = golden_.find(column);
      if (golden != golden_.end()) HoldAgainst(some, cell, golden->second, false);
      return;
    }
    const Votes& of_firmware = like.by_firmware.at(some.pattern->firmware).at(column);
    const Votes& of_kin = like.votes.at(column);
    if (of_firmware.voters() > 1 && of_firmware.Usual() != nullptr) {
      HoldAgainst(some, cell, of_firmware, like.by_firmware.size() > 1);
    } else if (of_kin.voters() > of_firmware.voters() && of_kin.Usual() != nullptr) {
      HoldAgainst(some, cell, of_kin, false);
    } else if (of_kin.voters() > 1 && of_kin.all().size() > 1) {
      AddToSplit(some, cell, of_kin.voters() > of_firmware.voters() ? of_kin : of_firmware,
                 of_kin.voters() > of_firmware.voters());
    }
  }

  void HoldAgainst(const Machines& some, const Cell& cell, const Votes& votes,
                   bool within_firmware) {
    const RegisterReading* const usual = votes.Usual();
    if (usual == nullptr) return;
    const std::vector<Place> layout = votes.Layout();
    std::vector<CpuGathering> placed(cell.values.size());  // CPUs that have a place, by value
    if (!layout.empty()) {
      const CpuGroups places(layout,
                             [](const Place& place) -> const CpuSet& { return place.cpus; });
      for (const auto& [place, is, cpus] : FindOverlaps(places, CpuGroups(cell.values))) {
        const RegisterReading& value = cell.values[is].second;
        placed[is].Add(cpus);
        if (!IsAnswer(value) || Agree(layout[place].value, value)) continue;
        AddOutlier(some, cell, {cell.reg, cpus, value, layout[place].value, 0},
                   layout[place].machines, votes.voters(), within_firmware);
      }
    }
    for (std::size_t i = 0; i < placed.size(); ++i) {
      const auto& [cpus, value] = cell.values[i];
      if (!IsAnswer(value) || votes.Holds(value)) continue;
      CpuSet rest = cpus.Difference(placed[i].Together());
      if (rest.empty()) continue;
      AddOutlier(some, cell, {cell.reg, std::move(rest), value, *usual, 0}, votes.Of(*usual),
                 votes.voters(), within_firmware);
    }
  }

  void AddOutlier(const Machines& some, const Cell& cell, Reading reading, std::size_t with_usual,
                  std::size_t of, bool within_firmware) {
    reading.differing = DifferingBits(reading.value, reading.usual);
    Outlier& outlier =
        outliers_[{some.pattern->kin, cell.reg, cell.core_type, some.pattern->firmware,
                   reading.value, reading.usual, reading.cpus.ToString()}];
    outlier.kin = some.pattern->kin;
    outlier.firmware = some.pattern->firmware;
    outlier.reading = std::move(reading);
    outlier.with_usual = with_usual;
    outlier.of = of;
    outlier.within_firmware = within_firmware;
    outlier.machines.Add(some.names);
  }

  void AddToSplit(const Machines& some, const Cell& cell, const Votes& votes, bool over_all) {
    const std::string firmware = over_all ? std::string() : some.pattern->firmware;
    Split& split = splits_[{some.pattern->kin, cell.reg, cell.core_type, firmware}];
    split.kin = some.pattern->kin;
    split.firmware = firmware;
    split.reg = cell.reg;
    split.of = votes.voters();
    std::set<RegisterReading> values;
    for (const auto& [cpus, value] : cell.values) {
      if (IsWhole(value)) values.insert(value);
    }
    for (const RegisterReading& value : values) {
      auto found = std::find_if(split.values.begin(), split.values.end(),
                                [&](const ValueCount& one) { return one.value == value; });
      if (found == split.values.end()) found = split.values.insert(found, {value, {}});
      found->machines.Add(some.names);
    }
  }

  void CompareFirmware(const Kin& kin, const Like& like) {
    if (like.by_firmware.size() < 2) return;
    for (const auto& [firmware, table] : like.by_firmware) {
      for (const auto& [column, votes] : table) {
        const Votes& all = like.votes.at(column);
        const RegisterReading* const usual = all.Usual();
        if (votes.voters() < 2 || usual == nullptr) continue;
        for (const auto& [value, machines] : votes.all()) {
          if (!votes.IsUsual(value) || all.IsUsual(value)) continue;
          findings_.of_firmware.push_back({kin, firmware, column.first, value, *usual, machines});
        }
      }
    }
  }

  const Fold& fold_;
  Findings& findings_;
  Table golden_;
  std::map<std::tuple<Kin, RegisterId, std::uint32_t, std::string, RegisterReading, RegisterReading,
                      std::string>,
           Outlier>
      outliers_;
  std::map<std::tuple<Kin, RegisterId, std::uint32_t, std::string>, Split> splits_;
};

}  // namespace

bool Agree(const RegisterReading& a, const RegisterReading& b) {
  if (a.known() == 0 || b.known() == 0) return a == b;
  return DifferingBits(a, b) == 0;
}

std::uint64_t DifferingBits(const RegisterReading& a, const RegisterReading& b) {
  return (a.known_bits() ^ b.known_bits()) & a.known() & b.known();
}

void Compare(const Fold& fold, const std::vector<Machines>& machines, Findings* findings) {
  Comparison comparison(fold, findings);
  for (const auto& [kin, like] : ByKin(fold, machines)) comparison.Look(kin, like);
  comparison.Finish();
}

}  // namespace vtprobe::fleet
