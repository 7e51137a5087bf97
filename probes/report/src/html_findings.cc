#include "html_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "finding_rows.h"
#include "html_page.h"
#include "machine_items.h"
#include "mood.h"
#include "register_text.h"
#include "vtprobe/report/rule_results.h"

namespace vtprobe {
namespace {

Mood MoodOf(Outcome outcome, bool counted) {
  switch (outcome) {
    case Outcome::kFail:
      return counted ? Mood::kBad : Mood::kAdvice;
    case Outcome::kWarn:
      return Mood::kAdvice;
    case Outcome::kIndeterminate:
    case Outcome::kNotApplicable:
    case Outcome::kWaived:
      return Mood::kUnknown;
    case Outcome::kPass:
      return Mood::kOk;
  }
  return Mood::kUnknown;
}

// So many findings of a rule are shown, and of a finding's evidence: a machine may
// have one for each CPU.
constexpr int kMostOfARule = 4;
constexpr std::size_t kMostEvidence = 8;

Markup Lines(const std::vector<std::string>& lines) {
  Markup markup;
  for (std::size_t i = 0; i < std::min(kMostEvidence, lines.size()); ++i) {
    markup += Fill("<p><code>{{line}}</code></p>\n", {{"line", lines[i]}});
  }
  if (lines.size() > kMostEvidence) {
    markup += Fill("<p>{{text}}</p>\n",
                   {{"text", fmt::format("And {} more.", lines.size() - kMostEvidence)}});
  }
  return markup;
}

Markup HtmlFinding(const Finding& finding, const CpuSet& online, const std::string& id) {
  const Rule* const rule = FindRule(finding.rule);
  const bool is_open = finding.outcome == Outcome::kFail && finding.counted;
  std::string where;
  if (!finding.cpus.empty()) where = finding.cpus == online ? "all CPUs" : CpusText(finding.cpus);
  return Fill(html::kFinding,
              {{"outcome", Name(finding.outcome)},
               {"mood", Name(MoodOf(finding.outcome, finding.counted))},
               {"id", id},
               {"cpus", finding.cpus.ToString()},
               {"badge", OutcomeBadge(finding.outcome, finding.counted)},
               {"rule", finding.rule},
               {"where", where},
               {"message", finding.message},
               {"open", is_open ? Fill(" open=\"open\"", {}) : Markup()},
               {"title", rule == nullptr ? std::string_view() : rule->title},
               {"severity", Name(finding.severity)},
               {"spec", finding.spec},
               {"evidence", Lines(EvidenceLines(finding))},
               {"remedy", finding.remedy.empty() ? Markup()
                                                 : Fill("<p><strong>To do:</strong> {{text}}</p>",
                                                        {{"text", finding.remedy}})}});
}

// What is right, and what nobody waits for that is not known.
bool IsFolded(const Finding& finding) {
  return finding.outcome == Outcome::kPass || finding.outcome == Outcome::kNotApplicable ||
         (finding.outcome == Outcome::kIndeterminate && !finding.counted);
}

// The rules of which not all is shown.
Markup NotAllShown(const std::map<std::string_view, int>& numbers) {
  Markup markup;
  for (const auto& [rule, number] : numbers) {
    if (number <= kMostOfARule) continue;
    markup += Fill("<p>{{rule}}: {{text}}</p>\n",
                   {{"rule", rule},
                    {"text", fmt::format("{} findings, {} of them shown", number, kMostOfARule)}});
  }
  return markup;
}

std::string_view WhatIsFolded(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "Pass";
    case Outcome::kNotApplicable:
      return "Do not apply";
    default:
      return "Not known";
  }
}

}  // namespace

Markup OutcomeBadge(Outcome outcome, bool counted) {
  const Mood mood = MoodOf(outcome, counted);
  const bool is_beside = outcome == Outcome::kNotApplicable || outcome == Outcome::kWaived;
  std::string label(OutcomeLabel(outcome));
  if (outcome == Outcome::kFail && !counted) label += ", advice";
  return HtmlBadge(mood, is_beside ? "\u2013" : Sign(mood), label);
}

Markup HtmlFindings(const Report& report, std::string_view page_id, HtmlDetail detail) {
  std::map<std::string_view, int> numbers;
  Markup findings;
  std::map<Outcome, std::pair<Markup, std::size_t>> folded;
  for (const Finding* const finding : ByUrgency(report.findings)) {
    const int number = ++numbers[finding->rule];
    if (number > kMostOfARule) continue;
    if (detail == HtmlDetail::kBrief && IsFolded(*finding)) {
      auto& [names, count] = folded[finding->outcome];
      names +=
          Fill("{{sign}}{{rule}}", {{"sign", count == 0 ? "" : ", "}, {"rule", finding->rule}});
      ++count;
      continue;
    }
    std::string id = fmt::format("{}-{}", page_id, finding->rule);
    if (number > 1) id += fmt::format("-{}", number);
    const Markup shown = HtmlFinding(*finding, report.subject.cpus_online, id);
    if (IsFolded(*finding)) {
      auto& [alike, count] = folded[finding->outcome];
      alike += shown;
      ++count;
    } else {
      findings += shown;
    }
  }
  findings += NotAllShown(numbers);
  for (const Outcome outcome : kByUrgency) {
    auto& [alike, count] = folded[outcome];
    if (count == 0) continue;
    findings += Fill(html::kRest, {{"summary", fmt::format("{}: {}", WhatIsFolded(outcome), count)},
                                   {"content", detail == HtmlDetail::kBrief
                                                   ? Fill("<p>{{names}}</p>", {{"names", alike}})
                                                   : std::move(alike)}});
  }
  return findings;
}

std::string FindingsSummary(const Report& report) {
  std::vector<std::string> parts;
  for (const Outcome outcome : kByUrgency) {
    const std::size_t count = report.summary.at(static_cast<std::size_t>(outcome));
    if (count != 0) parts.push_back(fmt::format("{} {}", count, OutcomeLabel(outcome)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string TicketText(const Report& report) {
  std::string text = report.headline + '\n';
  if (report.profile) text += ProfileLine(report) + '\n';
  const std::vector<std::string> machine = MachineItems(report, true);
  if (!machine.empty()) text += fmt::format("{}\n", fmt::join(machine, kFieldSeparator));
  const auto& groups = report.virtualization.groups;
  for (std::size_t i = 0; i < std::min(kMostEvidence, groups.size()); ++i) {
    text += fmt::format("\n{}: {}\n", CpusText(groups[i].cpus), Name(groups[i].state));
    for (const Evidence& evidence : groups[i].evidence) {
      text += "  " + EvidenceLine(evidence) + '\n';
    }
  }
  std::size_t left_out = groups.size() - std::min(kMostEvidence, groups.size());
  std::map<std::string_view, int> numbers;
  for (const Finding* const finding : ByUrgency(report.findings)) {
    if (finding->outcome != Outcome::kFail || finding->rule.starts_with("virtualization.")) {
      continue;
    }
    if (++numbers[finding->rule] > kMostOfARule) {
      ++left_out;
      continue;
    }
    text += fmt::format("\n{} ({})\n{}\n", finding->rule, Name(finding->severity),
                        Detail(*finding, kMostEvidence));
  }
  if (left_out != 0) text += fmt::format("\nAnd {} more of these kinds.\n", left_out);
  if (!report.remedy.empty()) text += '\n' + report.remedy + '\n';
  return text;
}

}  // namespace vtprobe
