// TAP 14, the Test Anything Protocol: a test point for each rule, with what was
// found as its YAML diagnostics. https://testanything.org/tap-version-14-specification.html

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/rule_results.h"

namespace vtprobe {
namespace {

// In a description, '#' would begin a directive.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    if (c == '#' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// A JSON string is a YAML scalar.
std::string Scalar(std::string_view text) { return nlohmann::json(Printable(text)).dump(); }

std::string_view Status(TestResult result) {
  const bool is_ok = result == TestResult::kPassed || result == TestResult::kSkipped;
  return is_ok ? "ok" : "not ok";
}

std::string Diagnostics(const RuleResult& result) {
  std::string text = "  ---\n  findings:\n";
  for (const Finding* const finding : result.findings) {
    text += fmt::format("    - outcome: {}\n", Name(finding->outcome));
    text += fmt::format("      severity: {}\n", Name(finding->severity));
    text += fmt::format("      cpus: {}\n", Scalar(finding->cpus.ToString()));
    text += fmt::format("      message: {}\n", Scalar(finding->message));
    const std::vector<std::string> evidence = EvidenceLines(*finding);
    if (!evidence.empty()) text += "      evidence:\n";
    for (const std::string& line : evidence) text += fmt::format("        - {}\n", Scalar(line));
    text += fmt::format("      spec: {}\n", Scalar(finding->spec));
    if (!finding->remedy.empty()) {
      text += fmt::format("      remedy: {}\n", Scalar(finding->remedy));
    }
  }
  return text + "  ...\n";
}

// The plan and the points of one machine's rules.
std::string Points(const Report& report) {
  const std::vector<RuleResult> results = RuleResults(report);
  std::string text = fmt::format("1..{}\n# {}\n", results.size(),
                                 Printable(report.subject.file.value_or("this machine")));
  std::size_t number = 0;
  for (const RuleResult& result : results) {
    text += fmt::format("{} {} - {}: {}", Status(result.result), ++number, Escaped(result.rule),
                        Escaped(result.title));
    if (result.result == TestResult::kSkipped) {
      text += fmt::format(" # SKIP {}", Escaped(WhySkipped(result)));
    }
    text += '\n';
    text += Diagnostics(result);
  }
  return text;
}

// As TAP 14 has a subtest's lines.
std::string Indented(std::string_view lines) {
  std::string text;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n') + 1;
    text += "    ";
    text += lines.substr(0, end);
    lines.remove_prefix(end);
  }
  return text;
}

std::string SubtestOf(const Report& report, std::size_t number) {
  const std::string file = report.subject.file.value_or("this machine");
  return fmt::format("# Subtest: {}\n{}{} {} - {}: {}\n", Printable(file), Indented(Points(report)),
                     report.exit_code == 0 ? "ok" : "not ok", number, Escaped(file),
                     Escaped(report.headline));
}

std::string PointOf(const UnreadRecording& unread, std::size_t number) {
  return fmt::format("not ok {} - {}: can't be read\n  ---\n  error: {}\n  message: {}\n  ...\n",
                     number, Escaped(unread.file), WhyUnread(unread), Scalar(unread.why));
}

}  // namespace

std::string RenderTap(const Report& report, const RenderOptions&) {
  return "TAP version 14\n" + Points(report);
}

// A point for each machine, and its rules in a subtest.
std::string RenderTapSet(const ReportSet& set, const RenderOptions&) {
  std::string text = fmt::format("TAP version 14\n1..{}\n", set.machines.size());
  std::size_t number = 0;
  for (const auto& machine : set.machines) {
    ++number;
    const auto* const unread = std::get_if<UnreadRecording>(&machine);
    text +=
        unread != nullptr ? PointOf(*unread, number) : SubtestOf(std::get<Report>(machine), number);
  }
  return text;
}

}  // namespace vtprobe
