#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "vtprobe/probes/expectations.h"

namespace vtprobe {
namespace {

// The part of a failure that a waiver accepts; what it leaves stays in
// `finding`. Absent if it accepts nothing of it.
std::optional<Finding> Waive(const Waiver& waiver, Finding* finding) {
  const CpuSet accepted = waiver.cpus ? finding->cpus.Intersection(*waiver.cpus) : finding->cpus;
  if (accepted.empty()) return std::nullopt;
  Finding waived = *finding;
  waived.outcome = Outcome::kWaived;
  waived.cpus = accepted;
  waived.message += " Waived: " + waiver.reason;
  waived.remedy.clear();
  finding->cpus = finding->cpus.Difference(accepted);
  return waived;
}

void Adjust(const RuleProfile& profile, Finding* finding) {
  finding->counted = true;
  if (profile.severity) finding->severity = *profile.severity;
  if (profile.strict && finding->outcome == Outcome::kWarn) finding->outcome = Outcome::kFail;
  if (profile.required && finding->outcome == Outcome::kNotApplicable && finding->follows.empty()) {
    finding->outcome = Outcome::kFail;
    finding->message += " The profile requires it.";
  }
  // What is no failure by itself has none.
  if (finding->outcome == Outcome::kFail && finding->remedy.empty()) {
    const Rule* const rule = FindRule(finding->rule);
    if (rule != nullptr) finding->remedy = rule->remedy;
  }
}

}  // namespace

const RuleProfile* Profile::Find(std::string_view rule) const {
  const auto found = rules.find(rule);
  return found == rules.end() ? nullptr : &found->second;
}

void CountExpected(Profile* profile) {
  const Expected& expected = profile->expected;
  if (!expected.fields.empty()) profile->rules.try_emplace("profile.registers");
  if (!expected.counts.empty()) profile->rules.try_emplace("profile.cpus");
  if (!expected.statements.empty()) profile->rules.try_emplace("profile.machine");
}

void Count(const Profile& profile, std::vector<Finding>* findings) {
  std::vector<Finding> counted;
  for (Finding& finding : *findings) {
    const RuleProfile* const own = profile.Find(finding.rule);
    if (own == nullptr) {
      counted.push_back(std::move(finding));
      continue;
    }
    Adjust(*own, &finding);
    bool all_waived = false;
    if (finding.outcome == Outcome::kFail) {
      for (const Waiver& waiver : own->waivers) {
        if (auto waived = Waive(waiver, &finding)) counted.push_back(*std::move(waived));
        all_waived = finding.cpus.empty();
        if (all_waived) break;
      }
    }
    if (!all_waived) counted.push_back(std::move(finding));
  }
  *findings = std::move(counted);
}

int ExitCode(const Profile& profile, const std::vector<Finding>& findings) {
  const auto any = [&](auto matches) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.counted && matches(finding); });
  };
  if (any([](const Finding& finding) { return finding.outcome == Outcome::kFail; })) return 1;
  if (any([](const Finding& finding) { return finding.outcome == Outcome::kIndeterminate; })) {
    return 2;
  }
  const bool not_offered = any([](const Finding& finding) {
    return finding.rule == "virtualization.usable" && finding.outcome == Outcome::kNotApplicable;
  });
  return not_offered && profile.Find("virtualization.usable") != nullptr ? 3 : 0;
}

}  // namespace vtprobe
