#include "vtprobe/report/rule_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "register_text.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// Of the command's exit status.
constexpr int kNotOffered = 3;

// The higher, the more a reader has to know of it.
int Weight(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFail:
      return 5;
    case Outcome::kIndeterminate:
      return 4;
    case Outcome::kWarn:
      return 3;
    case Outcome::kWaived:
      return 2;
    case Outcome::kPass:
      return 1;
    case Outcome::kNotApplicable:
      return 0;
  }
  return 0;
}

TestResult ResultOf(const Finding& finding, int exit_code) {
  switch (finding.outcome) {
    case Outcome::kPass:
    case Outcome::kWarn:
      return TestResult::kPassed;
    case Outcome::kFail:
      return finding.counted ? TestResult::kFailed : TestResult::kSkipped;
    case Outcome::kIndeterminate:
      return finding.counted ? TestResult::kError : TestResult::kSkipped;
    case Outcome::kNotApplicable:
      // A machine that does not offer it is no success for whoever asked for it.
      return finding.counted && exit_code == kNotOffered && finding.rule == "virtualization.usable"
                 ? TestResult::kFailed
                 : TestResult::kSkipped;
    case Outcome::kWaived:
      return TestResult::kSkipped;
  }
  return TestResult::kError;
}

}  // namespace

std::vector<RuleResult> RuleResults(const Report& report) {
  std::vector<RuleResult> results;
  for (const Finding& finding : report.findings) {
    if (results.empty() || results.back().rule != finding.rule) {
      const Rule* const rule = FindRule(finding.rule);
      results.push_back({finding.rule,
                         rule != nullptr ? rule->title : std::string_view(),
                         TestResult::kPassed,
                         {}});
    }
    results.back().findings.push_back(&finding);
  }
  for (RuleResult& result : results) {
    std::stable_sort(result.findings.begin(), result.findings.end(),
                     [](const Finding* a, const Finding* b) {
                       return std::tuple(b->counted, Weight(b->outcome)) <
                              std::tuple(a->counted, Weight(a->outcome));
                     });
    result.result = ResultOf(result.worst(), report.exit_code);
  }
  return results;
}

std::string WhySkipped(const RuleResult& result) {
  const Finding& worst = result.worst();
  const bool is_advice =
      worst.outcome == Outcome::kFail || worst.outcome == Outcome::kIndeterminate;
  return fmt::format("{}{}: {}", is_advice ? "advice, " : "", Name(worst.outcome), worst.message);
}

std::string_view WhyUnread(const UnreadRecording& unread) {
  constexpr int kMalformedInput = 65;
  return unread.exit_code == kMalformedInput ? "malformed-input" : "input-missing";
}

std::string EvidenceLine(const Evidence& evidence) {
  if (evidence.value.known() == 0) {
    return fmt::format("{} ({}): {}", evidence.register_name(), evidence.address(),
                       Name(evidence.value.error()));
  }
  return fmt::format("{} ({}) = {}", evidence.register_name(), evidence.address(),
                     ValueText(evidence.value));
}

std::vector<std::string> EvidenceLines(const Finding& finding) {
  std::vector<std::string> lines;
  for (const Evidence& evidence : finding.evidence) lines.push_back(EvidenceLine(evidence));
  return lines;
}

std::string Detail(const Finding& finding, std::size_t most_evidence) {
  std::string text = fmt::format(
      "{}, severity {}, CPUs {}: {}\n", Name(finding.outcome), Name(finding.severity),
      finding.cpus.empty() ? "none" : finding.cpus.ToString(), Printable(finding.message));
  const std::vector<std::string> lines = EvidenceLines(finding);
  const std::size_t shown = std::min(most_evidence, lines.size());
  for (std::size_t i = 0; i < shown; ++i) text += "  " + Printable(lines[i]) + "\n";
  if (lines.size() > shown) text += fmt::format("  and {} more\n", lines.size() - shown);
  text += fmt::format("  see {}\n", finding.spec);
  if (!finding.remedy.empty()) text += "  to do: " + Printable(finding.remedy) + "\n";
  return text;
}

}  // namespace vtprobe
