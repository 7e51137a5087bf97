#include "html_findings.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "finding_rows.h"
#include "machine_items.h"
#include "mood.h"
#include "register_text.h"
#include "rule_results.h"

namespace vtprobe {
namespace {

Mood MoodOf(const Finding& finding) {
  switch (finding.outcome) {
    case Outcome::kFail:
      return finding.counted ? Mood::kBad : Mood::kAdvice;
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

std::string_view SignOf(const Finding& finding) {
  const bool is_beside = finding.outcome == Outcome::kNotApplicable ||  //
                         finding.outcome == Outcome::kWaived;
  return is_beside ? "\u2013" : Sign(MoodOf(finding));
}

Markup Lines(const std::vector<std::string>& lines) {
  Markup markup;
  for (const std::string& line : lines) {
    markup += Fill("<p><code>{{line}}</code></p>\n", {{"line", line}});
  }
  return markup;
}

Markup HtmlFinding(const Finding& finding, const CpuSet& online, const std::string& id) {
  const Rule* const rule = FindRule(finding.rule);
  const bool fails = finding.outcome == Outcome::kFail;
  std::string label(OutcomeLabel(finding.outcome));
  if (fails && !finding.counted) label += ", advice";
  std::string where;
  if (!finding.cpus.empty()) where = finding.cpus == online ? "all CPUs" : CpusText(finding.cpus);
  return Fill(html::kFinding,
              {{"outcome", Name(finding.outcome)},
               {"id", id},
               {"cpus", finding.cpus.ToString()},
               {"mood", Name(MoodOf(finding))},
               {"sign", SignOf(finding)},
               {"label", label},
               {"rule", finding.rule},
               {"where", where},
               {"message", finding.message},
               {"open", fails ? Fill(" open=\"open\"", {}) : Markup()},
               {"title", rule == nullptr ? std::string_view() : rule->title},
               {"severity", Name(finding.severity)},
               {"spec", finding.spec},
               {"evidence", Lines(EvidenceLines(finding))},
               {"remedy", finding.remedy.empty() ? Markup()
                                                 : Fill("<p><strong>To do:</strong> {{text}}</p>",
                                                        {{"text", finding.remedy}})}});
}

}  // namespace

Markup HtmlFindings(const Report& report, std::string_view page_id) {
  std::map<std::string_view, int> numbers;
  Markup findings;
  Markup rest;
  for (const Finding* const finding : ByUrgency(report.findings)) {
    const int number = ++numbers[finding->rule];
    std::string id = fmt::format("{}-{}", page_id, finding->rule);
    if (number > 1) id += fmt::format("-{}", number);
    const bool is_right =
        finding->outcome == Outcome::kPass || finding->outcome == Outcome::kNotApplicable;
    (is_right ? rest : findings) += HtmlFinding(*finding, report.subject.cpus_online, id);
  }
  if (rest.text().empty()) return findings;
  findings += Fill(html::kRest,
                   {{"summary", "Rules that pass or do not apply"}, {"findings", std::move(rest)}});
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
  for (const VirtualizationGroup& group : report.virtualization.groups) {
    text += fmt::format("\n{}: {}\n", CpusText(group.cpus), Name(group.state));
    for (const Evidence& evidence : group.evidence) text += "  " + EvidenceLine(evidence) + '\n';
  }
  for (const Finding* const finding : ByUrgency(report.findings)) {
    if (finding->outcome != Outcome::kFail || finding->rule.starts_with("virtualization.")) {
      continue;
    }
    text +=
        fmt::format("\n{} ({})\n{}\n", finding->rule, Name(finding->severity), Detail(*finding));
  }
  if (!report.remedy.empty()) text += '\n' + report.remedy + '\n';
  return text;
}

}  // namespace vtprobe
