#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "boots.h"
#include "levels.h"
#include "machines.h"
#include "recorded.h"
#include "vote.h"
#include "vtprobe/fleet/findings.h"
#include "vtprobe/hal/natural_order.h"

namespace vtprobe::fleet {
namespace {

// In which order exit statuses of machines decide that of all.
constexpr std::array kWorstFirst = {1, 2, 3, 0};

void CountMachines(const std::vector<Machines>& machines, Findings* findings) {
  std::map<std::tuple<Kin, std::string>, std::size_t> groups;
  for (const Machines& some : machines) {
    const Pattern& pattern = *some.pattern;
    findings->machines += some.names.count();
    findings->usable.at(static_cast<std::size_t>(pattern.usable)) += some.names.count();
    groups[{pattern.kin, pattern.firmware}] += some.names.count();
  }
  for (const auto& [group, count] : groups) {
    findings->groups.push_back({std::get<0>(group), std::get<1>(group), count});
  }
  std::sort(findings->groups.begin(), findings->groups.end(), [](const Group& a, const Group& b) {
    return a.kin != b.kin ? a.kin < b.kin : IsNaturallyBefore(a.firmware, b.firmware);
  });
}

void CountRules(const std::vector<Machines>& machines, Findings* findings) {
  std::map<std::string, FailingRule> rules;
  for (const Machines& some : machines) {
    for (const auto& [rule, counted] : some.pattern->failed) {
      FailingRule& failing = rules[rule];
      failing.rule = rule;
      failing.fail += some.names.count();
      if (counted) failing.counted += some.names.count();
      failing.machines.Add(some.names);
    }
  }
  for (auto& [id, rule] : rules) findings->rules.push_back(std::move(rule));
  std::stable_sort(findings->rules.begin(), findings->rules.end(),
                   [](const FailingRule& a, const FailingRule& b) { return a.fail > b.fail; });
}

void AddUnread(const Fold& fold, const std::vector<Machines>& machines, Findings* findings) {
  for (const auto& [name, unreadable] : fold.unreadable()) {
    findings->unread.push_back({name, unreadable.why, unreadable.exit_code});
  }
  findings->unread_count = findings->unread.size();
  for (const Machines& some : machines) {
    for (const std::string& why : some.pattern->unread) {
      findings->unread_count += some.names.count();
      for (const std::string& name : some.names.kept()) findings->unread.push_back({name, why});
    }
  }
  AddMissing(fold, machines, findings);
  std::stable_sort(
      findings->unread.begin(), findings->unread.end(), [](const Unread& a, const Unread& b) {
        if ((a.exit_code != 0) != (b.exit_code != 0)) return a.exit_code != 0;
        return a.machine != b.machine ? IsNaturallyBefore(a.machine, b.machine) : a.why < b.why;
      });
}

int ExitCodeOf(const std::vector<Machines>& machines, const Findings& findings) {
  if (!findings.unread.empty() && findings.unread.front().exit_code != 0) {
    return findings.unread.front().exit_code;
  }
  if (machines.empty()) return findings.exit_code;
  const auto* worst = kWorstFirst.end() - 1;
  for (const Machines& some : machines) {
    worst = std::min(
        worst, std::find(kWorstFirst.begin(), kWorstFirst.end() - 1, some.pattern->exit_code));
  }
  return *worst;
}

}  // namespace

Findings Conclude(const Fold& fold, std::size_t most) {
  Findings findings;
  findings.way = fold.way();
  findings.not_recordings = fold.not_recordings();
  const std::vector<Machines> machines = MachinesOf(fold);
  CountMachines(machines, &findings);
  findings.recordings = findings.machines;
  for (const auto& [machine, boots] : fold.machines()) findings.recordings += boots.size() - 1;
  Compare(fold, machines, most, &findings);
  AddMoreCpus(fold, machines, &findings);
  CountRules(machines, &findings);
  findings.firmware = FirmwareLevels(machines);
  findings.microcode = MicrocodeLevels(machines);
  CompareBoots(fold, &findings);
  AddUnread(fold, machines, &findings);
  for (const std::size_t row : fold.left_out()) findings.left_out.push_back(AllByNature()[row]);
  findings.exit_code = ExitCodeOf(machines, findings);
  return findings;
}

}  // namespace vtprobe::fleet
