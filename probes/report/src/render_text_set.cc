// The answer about many machines for people: how many are how, and a line for
// each, the worst first. What a line leaves out, a check of that one says.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "finding_rows.h"
#include "standing.h"
#include "text_layout.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {

std::string RenderText(const Report& report, const RenderOptions& options);

namespace {

struct Line {
  Standing standing = Standing::kUnread;
  std::size_t advice = 0;  // rules that fail and do not count
  std::string file;
  std::string text;
  bool has_profile = false;
};

// A clause on each kind of rule that there are any of: as many names as a line
// has room for, or all.
std::string RulesText(std::string_view what, Outcome outcome, bool counted, const Report& report,
                      bool names_all) {
  constexpr std::size_t kNamed = 4;
  const std::vector<std::string> rules = RulesInWords(outcome, counted, report);
  if (rules.empty()) return {};
  if (rules.size() > kNamed && !names_all) return fmt::format(" {}: {} rules.", what, rules.size());
  return fmt::format(" {}: {}.", what, fmt::join(rules, ", "));
}

Line LineOf(const Report& report, bool names_all) {
  Line line{StandingOf(report.exit_code), RulesThat(Outcome::kFail, false, report).size(),
            report.subject.file.value_or("this machine"), report.headline,
            report.profile.has_value()};
  if (report.profile) {
    line.text += RulesText("Fails", Outcome::kFail, true, report, names_all);
    line.text += RulesText("Not known", Outcome::kIndeterminate, true, report, names_all);
  }
  line.text += RulesText("Advice", Outcome::kFail, false, report, false);
  return line;
}

Line LineOf(const UnreadRecording& unread, bool) {
  return {Standing::kUnread, 0, unread.file, unread.why, false};
}

Colour ColourOf(Standing worst) {
  if (worst == Standing::kYes) return Colour::kGreen;
  return worst == Standing::kUnknown ? Colour::kYellow : Colour::kRed;
}

}  // namespace

std::string RenderTextSet(const ReportSet& set, const RenderOptions& options) {
  std::vector<Line> lines;
  lines.reserve(set.machines.size());
  const bool names_all = options.verbosity == Verbosity::kQuiet;
  for (const auto& machine : set.machines) {
    lines.push_back(std::visit([&](const auto& one) { return LineOf(one, names_all); }, machine));
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tuple(a.standing, b.advice) < std::tuple(b.standing, a.advice);
  });
  std::vector<TextRow> rows = {{}};
  for (const Line& line : lines) {
    TextRow row = Prose(std::string(LabelOf(line.standing, line.has_profile)), line.text);
    row.lead = line.file;
    rows.push_back(std::move(row));
  }
  const Standing worst = lines.empty() ? Standing::kUnread : lines.front().standing;
  std::string text = Coloured(SetHeadline(set), ColourOf(worst), options) + '\n';
  text += LayOut(std::move(rows), options);
  if (options.verbosity == Verbosity::kQuiet) return text;
  if (set.not_recordings != 0) {
    text += fmt::format("\nFiles that are no recordings: {}.\n", set.not_recordings);
  }
  if (options.verbosity != Verbosity::kVerbose) return text;
  for (const auto& machine : set.machines) {
    const auto* const report = std::get_if<Report>(&machine);
    if (report == nullptr) continue;
    text += fmt::format("\n{}: {}", Printable(report->subject.file.value_or("this machine")),
                        RenderText(*report, options));
  }
  return text;
}

}  // namespace vtprobe
