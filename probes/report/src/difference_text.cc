#include "difference_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/suggestions.h"

namespace vtprobe {
namespace {

std::string ReadingText(const RegisterReading& reading) {
  return reading.known() != 0 ? ValueText(reading) : std::string(Name(reading.error()));
}

// "pass", "fail on CPU 3". `is_all`: nothing else is found of other CPUs.
std::string OutcomeText(Outcome outcome, const CpuSet& cpus, bool is_all) {
  return is_all && outcome == Outcome::kPass
             ? std::string(Name(outcome))
             : fmt::format("{} on {}", Name(outcome), CpusText(cpus));
}

std::string OutcomesText(const std::vector<Finding>& findings) {
  constexpr std::array kShown = {Outcome::kFail,   Outcome::kWarn,          Outcome::kIndeterminate,
                                 Outcome::kWaived, Outcome::kNotApplicable, Outcome::kPass};
  std::vector<std::pair<Outcome, CpuSet>> found;
  for (const Outcome outcome : kShown) {
    CpuGathering cpus;
    bool is_there = false;
    for (const Finding& finding : findings) {
      if (finding.outcome != outcome) continue;
      is_there = true;
      cpus.Add(finding.cpus);
    }
    if (is_there) found.emplace_back(outcome, cpus.Together());
  }
  std::vector<std::string> parts;
  parts.reserve(found.size());
  for (const auto& [outcome, cpus] : found) {
    parts.push_back(OutcomeText(outcome, cpus, found.size() == 1));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::vector<TitledList> OtherLists(const Difference& difference) {
  const auto titles = [](const std::vector<OneSided>& registers) {
    std::vector<std::string> texts;
    texts.reserve(registers.size());
    for (const OneSided& reg : registers) {
      texts.push_back(fmt::format("{} of {}", reg.title, CpusText(reg.cpus)));
    }
    return texts;
  };
  std::vector<TitledList> lists = {
      {"Features that came", FeatureChanges(difference, true)},
      {"Features that went", FeatureChanges(difference, false)},
      {"Recorded before only", titles(difference.only_before)},
      {"Recorded after only", titles(difference.only_after)},
      {"Left out, since they differ by themselves", difference.left_out},
      {"Ignored", difference.ignored}};
  std::erase_if(lists, [](const TitledList& list) { return list.items.empty(); });
  return lists;
}

std::string DifferenceHeadline(const Difference& difference) {
  if (difference.empty()) return "Nothing that was recorded in both differs.";
  std::vector<std::string> parts;
  if (!difference.rules.empty()) {
    parts.push_back(Counted(difference.rules.size(), "rule") + " found something else");
  }
  const std::size_t locks = LockChanges(difference, Direction::kWorse).size();
  if (locks != 0) parts.push_back(Counted(locks, "lock") + " lost");
  if (!difference.registers.empty()) {
    parts.push_back(Counted(difference.registers.size(), "register") + " changed");
  }
  const std::size_t cpus = difference.cpus_gone.Count() + difference.cpus_new.Count();
  if (cpus != 0) parts.push_back(Counted(cpus, "CPU") + " came or went");
  const std::size_t one_sided = difference.only_before.size() + difference.only_after.size();
  if (one_sided != 0) {
    parts.push_back(Counted(one_sided, "register") + " recorded on one side only");
  }
  if (!difference.metadata.empty()) {
    std::vector<std::string_view> keys;
    for (const MetadataChange& change : difference.metadata) keys.push_back(change.key);
    parts.push_back(Enumerate(keys) + " changed");
  }
  if (difference.not_listed != 0) {
    parts.push_back(Counted(difference.not_listed, "difference") + " more that are not listed");
  }
  return fmt::format("They differ: {}.", fmt::join(parts, ", "));
}

std::string ChangeText(const MetadataChange& change) {
  return fmt::format("{}{}{}", change.before.value_or("-"), kArrow, change.after.value_or("-"));
}

std::string ChangeText(const RuleChange& change) {
  return fmt::format("{}{}{}", OutcomesText(change.before), kArrow, OutcomesText(change.after));
}

std::string ChangeText(const RegisterChange& change) {
  return fmt::format("{}{}{}", ReadingText(change.before), kArrow, ReadingText(change.after));
}

std::string ChangeText(const FieldChange& change) {
  return fmt::format("{} {}{}{}", change.field.name, FieldValueText(change.field, change.before),
                     kArrow, FieldValueText(change.field, change.after));
}

std::vector<std::string> Complaints(const RuleChange& change) {
  std::vector<std::string> complaints;
  for (const Finding& finding : change.after) {
    if (finding.outcome == Outcome::kFail || finding.outcome == Outcome::kWarn) {
      complaints.push_back(finding.message);
    }
  }
  return complaints;
}

std::vector<std::string> LockChanges(const Difference& difference, Direction direction) {
  std::vector<std::string> changes;
  for (const RegisterDifference& reg : difference.registers) {
    for (const RegisterChange& change : reg.changes) {
      for (const FieldChange& field : change.fields) {
        if (field.direction != direction || direction == Direction::kNeither) continue;
        changes.push_back(fmt::format("{}.{} is {} set on {}", reg.info.name, field.field.name,
                                      direction == Direction::kWorse ? "no longer" : "now",
                                      CpusText(change.cpus)));
      }
    }
  }
  return changes;
}

std::vector<std::string> FeatureChanges(const Difference& difference, bool came) {
  std::vector<std::string> changes;
  for (const FeatureChange& change : difference.features) {
    if (change.came != came) continue;
    changes.push_back(fmt::format("{} on {}", change.feature, CpusText(change.cpus)));
  }
  return changes;
}

}  // namespace vtprobe
