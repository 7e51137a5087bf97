#include "recorded.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cells.h"
#include "vtprobe/wording/cpus_text.h"

namespace vtprobe::fleet {
namespace {

std::string NamesText(const std::set<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::vector<std::string> named;
  for (const std::string& name : names) {
    if (named.size() < kNamed) named.push_back(name);
  }
  return fmt::format(
      "{}{}", fmt::join(named, ", "),
      names.size() > kNamed ? fmt::format(" and {} more", names.size() - kNamed) : std::string());
}

// The CPUs of which each register is recorded. Few sets of CPUs occur, so that each has a
// number.
class Recorded {
 public:
  explicit Recorded(const Fold& fold) : fold_(fold) {}

  using Registers = std::map<RegisterId, std::size_t>;
  Registers RegistersOf(const Pattern& pattern) {
    Registers registers;
    for (const CellNumber number : pattern.cells) {
      const std::size_t cpus = OfCell(number);
      const auto [place, is_new] = registers.emplace(fold_.cell(number).reg, cpus);
      // Of another core type.
      if (!is_new) place->second = NumberOf(sets_[place->second].Union(sets_[cpus]));
    }
    return registers;
  }
  // The number of those of which anything is recorded.
  std::size_t CpusOf(const Pattern& pattern) {
    std::set<std::size_t> all;
    for (const CellNumber number : pattern.cells) all.insert(OfCell(number));
    CpuSet cpus;
    for (const std::size_t some : all) cpus = cpus.Union(sets_[some]);
    return NumberOf(std::move(cpus));
  }
  const CpuSet& Cpus(std::size_t number) const { return sets_[number]; }

 private:
  std::size_t OfCell(CellNumber number) {
    if (number >= of_cells_.size()) of_cells_.resize(number + 1, kUnknown);
    std::uint32_t& known = of_cells_[number];
    if (known != kUnknown) return known;
    std::vector<CpuSet::Range> ranges;
    for (const auto& [cpus, value] : fold_.cell(number).values) {
      ranges.insert(ranges.end(), cpus.ranges().begin(), cpus.ranges().end());
    }
    return known = static_cast<std::uint32_t>(NumberOf(CpuSet(std::move(ranges))));
  }
  std::size_t NumberOf(CpuSet cpus) {
    const auto [place, is_new] = numbers_.emplace(cpus.ToString(), sets_.size());
    if (is_new) sets_.push_back(std::move(cpus));
    return place->second;
  }

  static constexpr std::uint32_t kUnknown = ~std::uint32_t{0};

  const Fold& fold_;
  std::vector<CpuSet> sets_;
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::uint32_t> of_cells_;  // by number
};

struct RecordedOfKin {
  std::size_t machines = 0;
  std::map<RegisterId, std::map<std::size_t, std::size_t>> registers;  // machines by CPUs
};

// What most of its like have recorded and a machine has not.
struct Missing {
  std::set<std::string> registers;
  // By the CPUs, whose text is the key: on those these are missing.
  std::map<std::string, std::pair<CpuSet, std::set<std::string>>> on_cpus;
};

Missing FindMissing(const RecordedOfKin& of_kin, const Recorded::Registers& own,
                    Recorded* recorded) {
  Missing missing;
  for (const auto& [reg, by_cpus] : of_kin.registers) {
    std::size_t count = 0;
    for (const auto& [cpus, machines] : by_cpus) count += machines;
    const auto ours = own.find(reg);
    if (ours == own.end()) {
      if (2 * count > of_kin.machines) missing.registers.insert(NameOf(reg));
      continue;
    }
    for (const auto& [cpus, machines] : by_cpus) {
      if (2 * machines <= of_kin.machines || cpus == ours->second) continue;
      const CpuSet lacking = recorded->Cpus(cpus).Difference(recorded->Cpus(ours->second));
      if (lacking.empty()) continue;
      auto& [lacked, names] = missing.on_cpus[lacking.ToString()];
      lacked = lacking;
      names.insert(NameOf(reg));
    }
  }
  return missing;
}

// A sentence each.
std::vector<std::string> WhatIsMissing(const Pattern& pattern, const RecordedOfKin& of_kin,
                                       Recorded* recorded) {
  const Recorded::Registers own = recorded->RegistersOf(pattern);
  const Missing missing = FindMissing(of_kin, own, recorded);
  std::vector<std::string> sentences;
  if (!missing.registers.empty()) {
    sentences.push_back("not recorded, as most of its like have it: " +
                        NamesText(missing.registers));
  }
  for (const auto& [text, lacking] : missing.on_cpus) {
    const CpuSet& cpus = lacking.first;
    const std::set<std::string>& names = lacking.second;
    const bool is_there = std::any_of(own.begin(), own.end(), [&](const auto& one) {
      return recorded->Cpus(one.second).Intersects(cpus);
    });
    if (is_there) {
      sentences.push_back(fmt::format("not recorded on {}, as most of its like have it: {}",
                                      CpusText(cpus), NamesText(names)));
      continue;
    }
    const std::string offline = OfflineText(cpus);
    if (std::find(pattern.unread.begin(), pattern.unread.end(), offline) != pattern.unread.end()) {
      continue;
    }
    sentences.push_back(fmt::format("{} {} not recorded, as most of its like have {}",
                                    CpusText(cpus), cpus.Count() == 1 ? "is" : "are",
                                    cpus.Count() == 1 ? "it" : "them"));
  }
  return sentences;
}

}  // namespace

void AddMissing(const Fold& fold, const std::vector<Machines>& machines, Findings* findings) {
  Recorded recorded(fold);
  std::map<Kin, RecordedOfKin> kin;
  for (const Machines& some : machines) {
    RecordedOfKin& of_kin = kin[some.pattern->kin];
    of_kin.machines += some.names.count();
    for (const auto& [reg, cpus] : recorded.RegistersOf(*some.pattern)) {
      of_kin.registers[reg][cpus] += some.names.count();
    }
  }
  for (const Machines& some : machines) {
    for (const std::string& why : WhatIsMissing(*some.pattern, kin[some.pattern->kin], &recorded)) {
      findings->unread_count += some.names.count();
      for (const std::string& name : some.names.kept()) findings->unread.push_back({name, why});
    }
  }
}

void AddMoreCpus(const Fold& fold, const std::vector<Machines>& machines, Findings* findings) {
  Recorded recorded(fold);
  struct OfKin {
    std::size_t machines = 0;
    std::map<std::size_t, std::size_t> with;  // machines by their CPUs
  };
  std::map<Kin, OfKin> kin;
  std::vector<std::size_t> cpus;  // of `machines`
  for (const Machines& some : machines) {
    cpus.push_back(recorded.CpusOf(*some.pattern));
    OfKin& of_kin = kin[some.pattern->kin];
    of_kin.machines += some.names.count();
    of_kin.with[cpus.back()] += some.names.count();
  }
  std::map<std::pair<Kin, std::string>, MoreCpus> all;
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const OfKin& of_kin = kin[machines[i].pattern->kin];
    const auto usual = std::find_if(of_kin.with.begin(), of_kin.with.end(), [&](const auto& one) {
      return 2 * one.second > of_kin.machines;
    });
    if (usual == of_kin.with.end()) continue;
    CpuSet more = recorded.Cpus(cpus[i]).Difference(recorded.Cpus(usual->first));
    if (more.empty()) continue;
    MoreCpus& found = all[{machines[i].pattern->kin, more.ToString()}];
    found.kin = machines[i].pattern->kin;
    found.cpus = std::move(more);
    found.usual = recorded.Cpus(usual->first);
    found.with_usual = usual->second;
    found.of = of_kin.machines;
    found.machines.Add(machines[i].names);
  }
  for (auto& [key, found] : all) findings->more_cpus.push_back(std::move(found));
}

}  // namespace vtprobe::fleet
