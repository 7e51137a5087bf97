// Labels of a node for Kubernetes, as node-feature-discovery takes them from a file in
// features.d: a name and a value a line. It holds nothing of when it ends to be true:
// who runs the check knows when it is run again.
// [nfd] docs/usage/customization-guide.md, "Feature files"

#include <fmt/format.h>

#include <cctype>
#include <string>
#include <string_view>
#include <variant>

#include "finding_rows.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// The namespace of labels that node-feature-discovery may always set.
constexpr std::string_view kPrefix = "feature.node.kubernetes.io/vtprobe.";
// [kubernetes] concepts/overview/working-with-objects/labels, "Syntax and character set"
constexpr std::size_t kLongestValue = 63;

// The value with what a label may not hold as '-', and without signs at its ends.
std::string LabelValue(std::string_view text) {
  std::string value;
  for (const char c : text.substr(0, kLongestValue)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.';
    value += is_plain ? c : '-';
  }
  const auto is_sign = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; };
  while (!value.empty() && is_sign(value.back())) value.pop_back();
  while (!value.empty() && is_sign(value.front())) value.erase(0, 1);
  return value;
}

std::string Labels(const Report& report) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{}{}={}\n", kPrefix, name, LabelValue(value));
  };
  const VirtualizationVerdict& verdict = report.virtualization;
  add("usable", Name(verdict.usable));
  add("state", Name(verdict.state));
  add("technology", Name(verdict.technology));
  if (report.subject.codename) add("codename", *report.subject.codename);
  if (report.subject.microcode.size() == 1) add("microcode", report.subject.microcode.front());
  if (report.profile) {
    add("profile", report.profile->name);
    add("profile-met", report.exit_code == 0   ? "true"
                       : report.exit_code == 2 ? "unknown"
                                               : "false");
    add("failing-rules", fmt::format("{}", RulesThat(Outcome::kFail, true, report).size()));
  }
  return text;
}

}  // namespace

std::string RenderNfd(const Report& report, const RenderOptions&) { return Labels(report); }

// A file is of one node: of several, each behind its name as a comment.
std::string RenderNfdSet(const ReportSet& set, const RenderOptions&) {
  std::string text;
  for (const auto& machine : set.machines) {
    if (const auto* const unread = std::get_if<UnreadRecording>(&machine)) {
      text += fmt::format("# {}: can't be read\n", Ascii(Printable(unread->file)));
    } else {
      const Report& report = std::get<Report>(machine);
      text +=
          fmt::format("# {}\n{}", Ascii(Printable(report.subject.file.value_or("this machine"))),
                      Labels(report));
    }
  }
  return text;
}

}  // namespace vtprobe
