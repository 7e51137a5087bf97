// What a monitoring plugin prints: the state and the answer in a line, numbers for its
// graphs behind a bar, and below it what a person who is called reads.
// [monitoring-plugins] development guidelines, "Plugin Output for Nagios"

#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "finding_rows.h"
#include "plugin_state.h"
#include "standing.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/rule_results.h"

namespace vtprobe {
namespace {

// Of the first line, before the bar: what a page or an SMS shows.
constexpr std::size_t kLongestLine = 80;

// As monitoring takes text: a bar would begin numbers, and what is no ASCII is not the
// same everywhere.
std::string Plain(std::string_view text) {
  std::string plain = Ascii(Printable(text));
  for (char& c : plain) {
    if (c == '|') c = '/';
  }
  return plain;
}

std::string FirstLine(PluginState state, std::string_view answer) {
  std::string line = fmt::format("VTPROBE {} - {}", Name(state), Plain(answer));
  if (line.size() > kLongestLine) {
    line.resize(kLongestLine - 3);
    line += "...";
  }
  return line;
}

struct Numbers {
  std::size_t cpus = 0;
  std::size_t failing = 0;  // rules that count
  std::size_t unknown = 0;
};

Numbers NumbersOf(const Report& report) {
  return {.cpus = report.subject.cpus_online.Count(),
          .failing = RulesThat(Outcome::kFail, true, report).size(),
          .unknown = RulesThat(Outcome::kIndeterminate, true, report).size()};
}

std::string Answer(const Report& report) {
  const bool is_by_profile = report.profile && report.virtualization.usable == Usable::kYes;
  return is_by_profile ? ProfileLine(report) : report.headline;
}

// What fails or is not known of what counts, with what to do.
std::string LongText(const Report& report) {
  std::string text;
  const auto add = [&](std::string_view line) { text += Plain(line) + '\n'; };
  std::set<std::string_view> advised;  // many rules have one remedy, which is said once
  if (report.profile) add(ProfileLine(report));
  add(report.headline);
  for (const Finding* const finding : ByUrgency(report.findings)) {
    const bool is_open =
        finding->outcome == Outcome::kFail || finding->outcome == Outcome::kIndeterminate;
    if (!finding->counted || !is_open) continue;
    add(fmt::format("{}: {}", finding->rule, finding->message));
    if (!finding->remedy.empty() && advised.insert(finding->remedy).second) {
      add(fmt::format("  {}", finding->remedy));
    }
  }
  if (!report.remedy.empty() && advised.insert(report.remedy).second) add(report.remedy);
  return text;
}

std::string Text(std::string_view first_line, std::string_view numbers, std::string_view rest) {
  return fmt::format("{} | {}\n{}", first_line, numbers, rest);
}

}  // namespace

std::string RenderNagios(const Report& report, const RenderOptions&) {
  const Numbers numbers = NumbersOf(report);
  return Text(
      FirstLine(PluginStateOf(report), Answer(report)),
      fmt::format("cpus={} failing={} unknown={}", numbers.cpus, numbers.failing, numbers.unknown),
      LongText(report));
}

// The machines that are not OK, each in a line.
std::string RenderNagiosSet(const ReportSet& set, const RenderOptions&) {
  std::size_t critical = 0;
  std::size_t unknown = 0;
  std::string rest;
  for (const auto& machine : set.machines) {
    const auto* const report = std::get_if<Report>(&machine);
    const PluginState state = report == nullptr ? PluginState::kUnknown : PluginStateOf(*report);
    if (state == PluginState::kOk) continue;
    ++(state == PluginState::kCritical ? critical : unknown);
    const auto& [file, answer] =
        report == nullptr
            ? std::pair(std::get<UnreadRecording>(machine).file,
                        std::get<UnreadRecording>(machine).why)
            : std::pair(report->subject.file.value_or("this machine"), Answer(*report));
    rest += Plain(fmt::format("{}: {}: {}", file, Name(state), answer)) + '\n';
  }
  const auto* const only =
      set.machines.size() == 1 ? std::get_if<UnreadRecording>(&set.machines.front()) : nullptr;
  return Text(
      FirstLine(PluginStateOf(set), only == nullptr ? SetHeadline(set) : only->why),
      fmt::format("machines={} critical={} unknown={}", set.machines.size(), critical, unknown),
      rest);
}

}  // namespace vtprobe
