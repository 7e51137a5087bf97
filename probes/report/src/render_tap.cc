// TAP 14, the Test Anything Protocol: a test point for each rule, with what was
// found as its YAML diagnostics. https://testanything.org/tap-version-14-specification.html

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "rule_results.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"

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

}  // namespace

std::string RenderTap(const Report& report, const RenderOptions&) {
  const std::vector<RuleResult> results = RuleResults(report);
  std::string text = fmt::format("TAP version 14\n1..{}\n# {}\n", results.size(),
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

}  // namespace vtprobe
