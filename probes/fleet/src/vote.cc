#include "vote.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace vtprobe::fleet {
namespace {

using Column = std::pair<RegisterId, std::uint32_t>;  // of one core type

bool IsWhole(const RegisterReading& reading) { return IsAnswer(reading) && !reading.IsPartial(); }

// Whether what is known of the one is as the other has it.
bool Agree(const RegisterReading& a, const RegisterReading& b) {
  if (a.known() == 0 || b.known() == 0) return a == b;
  return DifferingBits(a, b) == 0;
}

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

 private:
  std::size_t voters_ = 0;
  std::map<RegisterReading, std::size_t> votes_;
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
    for (const auto& [cpus, value] : cell.values) {
      if (!IsAnswer(value) || votes.Holds(value)) continue;
      const auto key = std::tuple(some.pattern->kin, cell.reg, cell.core_type,
                                  some.pattern->firmware, value, *usual, cpus.ToString());
      Outlier& outlier = outliers_[key];
      outlier.kin = some.pattern->kin;
      outlier.firmware = some.pattern->firmware;
      outlier.reading = {cell.reg, cpus, value, *usual, DifferingBits(value, *usual)};
      outlier.with_usual = votes.Of(*usual);
      outlier.of = votes.voters();
      outlier.within_firmware = within_firmware;
      outlier.machines.Add(some.names);
    }
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

std::string MissingText(const std::set<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> named;
  for (const std::string& name : names) {
    if (named.size() < kNamed) named.push_back(name);
  }
  return fmt::format(
      "not recorded, as most of its like have it: {}{}", fmt::join(named, ", "),
      names.size() > kNamed ? fmt::format(" and {} more", names.size() - kNamed) : std::string());
}

}  // namespace

std::uint64_t DifferingBits(const RegisterReading& a, const RegisterReading& b) {
  return (a.known_bits() ^ b.known_bits()) & a.known() & b.known();
}

void Compare(const Fold& fold, const std::vector<Machines>& machines, Findings* findings) {
  Comparison comparison(fold, findings);
  for (const auto& [kin, like] : ByKin(fold, machines)) comparison.Look(kin, like);
  comparison.Finish();
}

void AddMissing(const Fold& fold, const std::vector<Machines>& machines, Findings* findings) {
  struct Recorded {
    std::size_t machines = 0;
    std::map<RegisterId, std::size_t> registers;
  };
  const auto registers_of = [&](const Machines& some) {
    std::set<RegisterId> registers;
    for (const CellNumber cell : some.pattern->cells) registers.insert(fold.cell(cell).reg);
    return registers;
  };
  std::map<Kin, Recorded> recorded;
  for (const Machines& some : machines) {
    Recorded& of_kin = recorded[some.pattern->kin];
    of_kin.machines += some.names.count();
    for (const RegisterId& reg : registers_of(some)) of_kin.registers[reg] += some.names.count();
  }
  for (const Machines& some : machines) {
    const Recorded& of_kin = recorded[some.pattern->kin];
    const std::set<RegisterId> own = registers_of(some);
    std::set<std::string> missing;
    for (const auto& [reg, count] : of_kin.registers) {
      if (2 * count > of_kin.machines && !own.contains(reg)) missing.insert(NameOf(reg));
    }
    if (missing.empty()) continue;
    findings->unread_count += some.names.count();
    for (const std::string& name : some.names.kept()) {
      findings->unread.push_back({name, MissingText(missing)});
    }
  }
}

}  // namespace vtprobe::fleet
