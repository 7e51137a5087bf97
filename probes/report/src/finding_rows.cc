#include "finding_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "register_text.h"
#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/cpu_gathering.h"

namespace vtprobe {
namespace {

std::size_t Urgency(Outcome outcome) {
  const auto* const place = std::find(kByUrgency.begin(), kByUrgency.end(), outcome);
  return static_cast<std::size_t>(place - kByUrgency.begin());
}

// Findings that lack the same: why, which rules, on which CPUs.
struct Unread {
  AccessCode code;
  std::vector<const Finding*> findings;

  std::size_t RuleCount() const {
    std::set<std::string_view> rules;
    for (const Finding* const finding : findings) rules.insert(finding->rule);
    return rules.size();
  }
  CpuSet Cpus() const {
    CpuGathering cpus;
    for (const Finding* const finding : findings) cpus.Add(finding->cpus);
    return cpus.Together();
  }
};

std::string_view WhyUnread(AccessCode code) {
  return code == AccessCode::kNotRecorded ? "the recording does not hold what they look at"
                                          : Describe(code);
}

class Rows {
 public:
  Rows(const Report& report, bool verbose) : report_(report), verbose_(verbose) {}

  std::vector<TextRow> Take() {
    if (report_.profile) {
      AddSection("", true);
      AddSection(fmt::format("{} does not count these:", report_.profile->name), false);
    } else {
      AddSection("", std::nullopt);
    }
    return std::move(rows_);
  }

 private:
  // The findings that count, or those that don't, or all.
  void AddSection(const std::string& heading, std::optional<bool> counted) {
    const std::size_t before = rows_.size();
    std::vector<Unread> unread;
    for (const Finding* const finding : ByUrgency(report_.findings)) {
      if (counted && finding->counted != *counted) continue;
      if (!IsShown(*finding)) continue;
      if (finding->unread && !verbose_) {
        AddTo(*finding, &unread);
      } else {
        AddUnread(&unread, finding->outcome);
        Add(*finding);
      }
    }
    AddUnread(&unread, std::nullopt);
    if (rows_.size() == before) return;
    std::vector<TextRow> opening = {{}};
    if (!heading.empty()) opening.push_back(Prose("advice", heading));
    rows_.insert(rows_.begin() + static_cast<std::ptrdiff_t>(before), opening.begin(),
                 opening.end());
  }

  // What the first line and its remedy say is not said again.
  bool IsShown(const Finding& finding) const {
    if (verbose_ || finding.outcome == Outcome::kWaived) return true;
    if (finding.rule.starts_with("virtualization.")) return false;
    return finding.outcome == Outcome::kFail || finding.outcome == Outcome::kWarn ||
           finding.outcome == Outcome::kIndeterminate;
  }

  static void AddTo(const Finding& finding, std::vector<Unread>* unread) {
    const auto same = std::find_if(unread->begin(), unread->end(), [&](const Unread& group) {
      return group.code == *finding.unread;
    });
    if (same == unread->end()) {
      unread->push_back({*finding.unread, {&finding}});
    } else {
      same->findings.push_back(&finding);
    }
  }

  // The groups that were gathered, once findings of another outcome follow.
  void AddUnread(std::vector<Unread>* unread, std::optional<Outcome> next) {
    if (next == Outcome::kIndeterminate) return;
    for (const Unread& group : *unread) {
      const std::size_t count = group.RuleCount();
      if (count == 1) {
        for (const Finding* const finding : group.findings) Add(*finding);
        continue;
      }
      rows_.push_back(
          Prose("unknown", fmt::format("{} rules{}: {} (--verbose lists them)", count,
                                       Where(group.Cpus(), " on "), WhyUnread(group.code))));
      Advise(group.findings.front()->remedy);
    }
    unread->clear();
  }

  void Add(const Finding& finding) {
    const std::string where = Where(finding.cpus, "");
    rows_.push_back(Prose(std::string(OutcomeLabel(finding.outcome)),
                          fmt::format("{}{}{} ({})", where, where.empty() ? "" : ": ",
                                      finding.message, finding.rule)));
    if (verbose_) AddGrounds(finding);
    Advise(finding.remedy, finding.outcome == Outcome::kFail);
  }

  void AddGrounds(const Finding& finding) {
    if (finding.outcome == Outcome::kPass || finding.outcome == Outcome::kNotApplicable) return;
    rows_.push_back(
        Prose("", fmt::format("severity {}; {}", Name(finding.severity), finding.spec)));
    for (const Evidence& evidence : finding.evidence) rows_.push_back(EvidenceRow(evidence));
  }

  // Each row that fails says what to do; what else needs doing is said once.
  void Advise(const std::string& remedy, bool always = false) {
    if (remedy.empty() || report_.remedy.find(remedy) != std::string::npos) return;
    if (advised_.insert(remedy).second || always) rows_.push_back(Prose("", remedy));
  }

  // The CPUs, where they are not all.
  std::string Where(const CpuSet& cpus, std::string_view before) const {
    if (cpus.empty() || cpus == report_.subject.cpus_online) return {};
    return std::string(before) + CpusText(cpus);
  }

  const Report& report_;
  const bool verbose_;
  std::set<std::string_view> advised_;
  std::vector<TextRow> rows_;
};

bool IsOfProfile(std::string_view rule) {
  const auto rules = ProfileRules();
  return std::any_of(rules.begin(), rules.end(),
                     [&](const Rule* known) { return known->id == rule; });
}

// The first of its findings, and how many more there are.
std::string WithItsFinding(std::string_view rule, Outcome outcome, const Report& report) {
  std::string said;
  std::size_t others = 0;
  for (const Finding& finding : report.findings) {
    if (finding.rule != rule || finding.outcome != outcome) continue;
    if (said.empty()) {
      said = finding.message;
    } else {
      ++others;
    }
  }
  if (said.ends_with('.')) said.pop_back();
  if (others != 0) said += fmt::format(", and {} more", others);
  return fmt::format("{} ({})", rule, said);
}

}  // namespace

std::string_view OutcomeLabel(Outcome outcome) {
  switch (outcome) {
    case Outcome::kIndeterminate:
      return "unknown";
    case Outcome::kNotApplicable:
      return "n/a";
    default:
      return Name(outcome);
  }
}

std::vector<const Finding*> ByUrgency(const std::vector<Finding>& findings) {
  std::vector<const Finding*> sorted;
  sorted.reserve(findings.size());
  for (const Finding& finding : findings) sorted.push_back(&finding);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Finding* a, const Finding* b) {
    return std::tuple(Urgency(a->outcome), b->severity) <
           std::tuple(Urgency(b->outcome), a->severity);
  });
  return sorted;
}

std::vector<TextRow> FindingRows(const Report& report, bool verbose) {
  return Rows(report, verbose).Take();
}

std::string ProfileLine(const Report& report) {
  // A rule is as its worst finding.
  std::map<std::string_view, std::size_t> urgency_of_rules;
  for (const Finding& finding : report.findings) {
    if (!finding.counted) continue;
    const auto [rule, is_new] =
        urgency_of_rules.try_emplace(finding.rule, Urgency(finding.outcome));
    rule->second = std::min(rule->second, Urgency(finding.outcome));
  }
  std::array<std::size_t, kByUrgency.size()> counts{};
  for (const auto& [rule, urgency] : urgency_of_rules) ++counts.at(urgency);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.at(i) == 0) continue;
    const std::string_view what = kByUrgency.at(i) == Outcome::kNotApplicable
                                      ? "not applicable"
                                      : OutcomeLabel(kByUrgency.at(i));
    parts.push_back(fmt::format("{} {}", counts.at(i), what));
  }
  const std::string_view verdict = report.exit_code == 0   ? "is met"
                                   : report.exit_code == 2 ? "can't be decided"
                                                           : "is NOT met";
  const std::size_t rules = urgency_of_rules.size();
  return fmt::format("Profile {} {}: of {} {}, {}.", report.profile->name, verdict, rules,
                     rules == 1 ? "rule that counts" : "rules that count", fmt::join(parts, ", "));
}

std::vector<std::string_view> RulesThat(Outcome outcome, bool counted, const Report& report) {
  std::vector<std::string_view> rules;
  for (const Finding& finding : report.findings) {
    if (finding.outcome != outcome || finding.counted != counted) continue;
    if (rules.empty() || rules.back() != finding.rule) rules.push_back(finding.rule);
  }
  return rules;
}

std::vector<std::string> RulesInWords(Outcome outcome, bool counted, const Report& report) {
  std::vector<std::string> words;
  for (const std::string_view rule : RulesThat(outcome, counted, report)) {
    words.push_back(IsOfProfile(rule) ? WithItsFinding(rule, outcome, report) : std::string(rule));
  }
  return words;
}

}  // namespace vtprobe
