// The report as one page that needs nothing else: the answer, the machine as a map,
// what fails and why, the registers, and the recording itself. All of it is there
// without the page's script, which filters and looks at single CPUs.
//
// Values enter as html.h says. The recording is without what tells a machine from
// its twins, as any report is.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "finding_rows.h"
#include "html.h"
#include "html_findings.h"
#include "html_map.h"
#include "html_registers.h"
#include "mood.h"
#include "register_text.h"
#include "standing.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/registers/identifiers.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {

std::string RenderText(const Report& report, const RenderOptions& options);

namespace {

constexpr std::size_t kColumns = 100;

Markup HtmlAnswer(std::string_view level, Mood mood, std::string_view text) {
  return Fill(html::kAnswer,
              {{"level", level}, {"mood", Name(mood)}, {"sign", Sign(mood)}, {"text", text}});
}

Markup HtmlAnswers(const Report& report, std::string_view level) {
  Markup answers = HtmlAnswer(level, MoodOf(report.virtualization.usable), report.headline);
  if (report.profile) answers += HtmlAnswer("p", MoodOf(report.exit_code), ProfileLine(report));
  return answers;
}

Markup HtmlFacts(const Subject& subject) {
  Markup facts;
  const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
    if (value) facts += Fill(html::kFact, {{"name", name}, {"value", *value}});
  };
  add("recording", subject.file);
  add("vendor", subject.vendor);
  add("model", subject.model);
  add("codename", subject.codename);
  add("doubt", subject.codename_doubt);
  add("signature", SignatureText(subject));
  add("board", subject.board);
  add("firmware", subject.firmware_vendor);
  add("firmware version", subject.firmware_version);
  add("firmware date", subject.firmware_date);
  if (!subject.microcode.empty()) {
    add("microcode", fmt::format("{}", fmt::join(subject.microcode, ", ")));
  }
  add("kernel", subject.kernel);
  add("hypervisor", subject.hypervisor);
  add("stage", subject.stage);
  add("provenance", subject.provenance);
  if (subject.source != subject.file) add("source", subject.source);
  if (!subject.cpus_offline.empty()) add("offline", CpusText(subject.cpus_offline));
  for (const auto& [key, value] : subject.other) add(key, value);
  return facts;
}

// The fields of a group's switch; those that the first group's has otherwise are
// marked.
Markup SwitchFields(const VirtualizationGroup& group, const VirtualizationGroup& first) {
  const auto texts_of = [](const VirtualizationGroup& one) -> std::vector<std::string> {
    if (one.evidence.empty() || one.evidence.front().value.known() == 0) return {};
    return VerdictFields(one.evidence.front().definition, one.evidence.front().value);
  };
  const std::vector<std::string> others = texts_of(first);
  Markup fields;
  for (const std::string& text : texts_of(group)) {
    const bool is_same =
        others.empty() || std::find(others.begin(), others.end(), text) != others.end();
    if (!fields.text().empty()) fields += Escaped(kFieldSeparator);
    fields += is_same ? Escaped(text) : Fill("<mark>{{text}}</mark>", {{"text", text}});
  }
  return fields;
}

Markup HtmlGroups(const VirtualizationVerdict& verdict) {
  Markup groups;
  for (const VirtualizationGroup& group : verdict.groups) {
    const Mood mood = MoodOf(group.usable);
    std::string value;
    if (!group.evidence.empty()) {
      const Evidence& first = group.evidence.front();
      value = fmt::format("{} = {}", first.register_name(), HtmlValue(first.value));
    }
    groups += Fill(html::kGroup, {{"mood", Name(mood)},
                                  {"sign", Sign(mood)},
                                  {"state", Name(group.state)},
                                  {"cpus", CpusText(group.cpus)},
                                  {"value", value},
                                  {"fields", SwitchFields(group, verdict.groups.front())}});
  }
  return groups;
}

// The verdict's remedy, or where that has none those of what counts and fails.
Markup HtmlRemedy(const Report& report) {
  Markup remedies;
  std::vector<std::string_view> said;
  const auto say = [&](std::string_view text) {
    if (text.empty() || std::find(said.begin(), said.end(), text) != said.end()) return;
    remedies += said.empty() ? Fill(html::kRemedy, {{"text", text}})
                             : Fill("<p>{{text}}</p>\n", {{"text", text}});
    said.push_back(text);
  };
  say(report.remedy);
  for (const Finding* const finding : ByUrgency(report.findings)) {
    if (finding->outcome == Outcome::kFail && finding->counted) say(finding->remedy);
  }
  return remedies;
}

std::string Base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view three = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (k < three.size() ? static_cast<unsigned char>(three[k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= three.size() ? kDigits[bits >> (18 - 6 * k) & 0x3f] : '=';
    }
  }
  return text;
}

Markup HtmlDownload(const Report& report) {
  if (report.recording == nullptr) return {};
  const std::string dump = WriteDump(registers::Scrubbed(*report.recording));
  return Fill(html::kDownload, {{"base64", Base64(dump)}});
}

Markup HtmlMachine(const Report& report, std::string_view id, std::string_view level) {
  const RenderOptions all{.verbosity = Verbosity::kVerbose, .width = kColumns};
  return Fill(html::kMachine, {{"id", id},
                               {"answer", HtmlAnswers(report, level)},
                               {"facts", HtmlFacts(report.subject)},
                               {"remedy", HtmlRemedy(report)},
                               {"groups", HtmlGroups(report.virtualization)},
                               {"packages", HtmlMap(report)},
                               {"summary", FindingsSummary(report)},
                               {"findings", HtmlFindings(report, id)},
                               {"registers", HtmlRegisters(report)},
                               {"ticket", TicketText(report)},
                               {"download", HtmlDownload(report)},
                               {"text", RenderText(report, all)}});
}

// The page's own script and style are not escaped: they are none of the values.
Markup Own(std::string_view text) { return Fill(text, {}); }

std::string Page(std::string_view title, std::string_view version, Markup content) {
  return Fill(html::kPage, {{"title", title},
                            {"version", version},
                            {"script_hash", html::kScriptHash},
                            {"style_hash", html::kStyleHash},
                            {"style", Own(html::kStyle)},
                            {"script", Own(html::kScript)},
                            {"content", std::move(content)}})
      .text();
}

Markup Entry(int exit_code, std::string_view status, Markup file, std::string_view text) {
  const Mood mood = MoodOf(exit_code);
  return Fill(html::kEntry, {{"mood", Name(mood)},
                             {"sign", Sign(mood)},
                             {"status", status},
                             {"file", std::move(file)},
                             {"text", text}});
}

}  // namespace

std::string RenderHtml(const Report& report, const RenderOptions&) {
  return Page(report.headline, report.tool_version, HtmlMachine(report, "machine", "h1"));
}

std::string RenderHtmlSet(const ReportSet& set, const RenderOptions&) {
  Markup rows;
  Markup machines;
  std::size_t number = 0;
  for (const auto& machine : set.machines) {
    if (const auto* const unread = std::get_if<UnreadRecording>(&machine)) {
      rows += Entry(unread->exit_code, LabelOf(Standing::kUnread, false), Escaped(unread->file),
                    unread->why);
      continue;
    }
    const Report& report = std::get<Report>(machine);
    const std::string id = fmt::format("machine-{}", ++number);
    const std::string file = report.subject.file.value_or("this machine");
    rows +=
        Entry(report.exit_code, LabelOf(StandingOf(report.exit_code), report.profile.has_value()),
              Fill(html::kLinked, {{"id", id}, {"text", file}}), report.headline);
    machines += HtmlMachine(report, id, "h2");
  }
  const Mood mood = MoodOf(ExitCode(set));
  const std::string headline = SetHeadline(set);
  const std::string note =
      set.not_recordings == 0
          ? ""
          : fmt::format("Files that are no recordings: {}.", set.not_recordings);
  return Page(headline, set.tool_version,
              Fill(html::kIndex, {{"mood", Name(mood)},
                                  {"sign", Sign(mood)},
                                  {"headline", headline},
                                  {"rows", std::move(rows)},
                                  {"note", Fill("<p>{{text}}</p>", {{"text", note}})},
                                  {"machines", std::move(machines)}}));
}

}  // namespace vtprobe
