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
#include "html_page.h"
#include "html_registers.h"
#include "html_ruler.h"
#include "html_stages.h"
#include "machine_items.h"
#include "mood.h"
#include "proof_finding.h"
#include "register_text.h"
#include "standing.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/registers/identifiers.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {

std::string RenderText(const Report& report, const RenderOptions& options);

namespace {

constexpr std::size_t kColumns = 100;
// So many groups of CPUs are told by their switch: each may be a CPU.
constexpr std::size_t kMostGroups = 16;
// The whole answer as text is there up to this size.
constexpr std::size_t kLargestText = 200'000;

Markup HtmlAnswers(const Report& report, std::string_view level) {
  Markup answers = HtmlAnswer(level, MoodOf(report.virtualization), report.headline);
  if (report.profile) answers += HtmlAnswer("p", MoodOf(report.exit_code), ProfileLine(report));
  return answers;
}

// Which machine it is, in a line; all that is known of it stands further down.
std::string Which(const Report& report) {
  std::vector<std::string> items = MachineItems(report, false);
  if (report.subject.file) items.insert(items.begin(), *report.subject.file);
  return fmt::format("{}", fmt::join(items, kFieldSeparator));
}

Markup HtmlFacts(const Report& report) {
  const Subject& subject = report.subject;
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
  if (report.proof) {
    for (const std::string& clause : ProofClauses(*report.proof)) add("proof", clause);
    const std::string contradiction = Contradiction(*report.virtualization.guests);
    if (!contradiction.empty()) add("contradiction", contradiction);
  }
  for (const std::string& note : report.notes) add("note", note);
  if (subject.source != subject.file) add("source", subject.source);
  if (!subject.cpus_offline.empty()) add("offline", CpusText(subject.cpus_offline));
  for (const auto& [key, value] : subject.other) add(key, value);
  return facts;
}

// The fields of a group's switch; those that most CPUs have otherwise are marked.
Markup SwitchFields(const VirtualizationGroup& group, const VirtualizationGroup& most) {
  const auto texts_of = [](const VirtualizationGroup& one) -> std::vector<std::string> {
    if (one.evidence.empty() || one.evidence.front().value.known() == 0) return {};
    return VerdictFields(one.evidence.front().definition, one.evidence.front().value);
  };
  const std::vector<std::string> others = texts_of(most);
  Markup fields;
  for (const std::string& text : texts_of(group)) {
    const bool is_same =
        others.empty() || std::find(others.begin(), others.end(), text) != others.end();
    if (!fields.text().empty()) fields += Escaped(kFieldSeparator);
    fields += is_same ? Escaped(text) : Fill("<mark>{{text}}</mark>", {{"text", text}});
  }
  return fields;
}

// The worst first.
Markup HtmlGroups(const VirtualizationVerdict& verdict) {
  std::vector<const VirtualizationGroup*> worst_first;
  for (const VirtualizationGroup& group : verdict.groups) worst_first.push_back(&group);
  std::stable_sort(worst_first.begin(), worst_first.end(), [](const auto* a, const auto* b) {
    return MoodOf(a->usable) > MoodOf(b->usable);
  });
  const auto most = std::max_element(
      verdict.groups.begin(), verdict.groups.end(),
      [](const auto& a, const auto& b) { return a.cpus.Count() < b.cpus.Count(); });
  Markup groups;
  for (std::size_t i = 0; i < std::min(kMostGroups, worst_first.size()); ++i) {
    const VirtualizationGroup& group = *worst_first[i];
    const Mood mood = MoodOf(group.usable);
    std::string value;
    if (!group.evidence.empty()) {
      const Evidence& first = group.evidence.front();
      value = fmt::format("{} = {}", first.register_name(), HtmlValue(first.value));
    }
    groups += Fill(html::kGroup, {{"badge", HtmlBadge(mood, Sign(mood), Name(group.state))},
                                  {"cpus", CpusText(group.cpus)},
                                  {"value", value},
                                  {"fields", SwitchFields(group, *most)}});
  }
  if (worst_first.size() > kMostGroups) {
    groups += Fill("<li>{{text}}</li>",
                   {{"text", fmt::format("and {} more", worst_first.size() - kMostGroups)}});
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

// Of so many machines all is shown: a page of 16 servers has 3 MB.
constexpr std::size_t kMostWhole = 16;

// Of a larger recording the page would be too large for a mail. One of 1,024 CPUs has
// 100 KB if they are much alike.
constexpr std::size_t kLargestRecording = 400'000;

Markup HtmlDownload(const Report& report) {
  if (report.recording == nullptr) return {};
  const std::string dump = WriteDump(registers::Scrubbed(*report.recording));
  if (dump.size() > kLargestRecording) {
    return Fill(
        "<p>{{text}}</p>",
        {{"text", fmt::format("The recording is not in this page, for its size of {:.1f} MB.",
                              static_cast<double>(dump.size()) / 1e6)}});
  }
  return Fill(html::kDownload, {{"base64", Base64(dump)}});
}

Markup HtmlText(const Report& report, HtmlDetail detail) {
  if (detail == HtmlDetail::kBrief) return {};
  const RenderOptions all{.verbosity = Verbosity::kVerbose, .width = kColumns};
  const std::string text = RenderText(report, all);
  if (text.size() <= kLargestText) return Fill(html::kWhole, {{"text", text}});
  return Fill("<p>{{text}}</p>",
              {{"text", fmt::format("The whole answer as text is not in this page, for its size of "
                                    "{:.1f} MB: vtprobe check --verbose prints it.",
                                    static_cast<double>(text.size()) / 1e6)}});
}

Markup HtmlMachine(const Report& report, std::string_view id, std::string_view level,
                   HtmlDetail detail) {
  return Fill(html::kMachine, {{"id", id},
                               {"name", report.subject.file.value_or("this machine")},
                               {"answer", HtmlAnswers(report, level)},
                               {"which", Which(report)},
                               {"facts", HtmlFacts(report)},
                               {"remedy", HtmlRemedy(report)},
                               {"groups", HtmlGroups(report.virtualization)},
                               {"packages", HtmlMap(report)},
                               {"stages", HtmlStages(report)},
                               {"summary", FindingsSummary(report)},
                               {"findings", HtmlFindings(report, id, detail)},
                               {"registers", HtmlRegisters(report, detail)},
                               {"ticket", TicketText(report)},
                               {"download", HtmlDownload(report)},
                               {"whole", HtmlText(report, detail)}});
}

Markup Entry(int exit_code, std::string_view status, Markup file, std::string_view text) {
  const Mood mood = MoodOf(exit_code);
  return Fill(
      html::kEntry,
      {{"badge", HtmlBadge(mood, Sign(mood), status)}, {"file", std::move(file)}, {"text", text}});
}

}  // namespace

std::string RenderHtml(const Report& report, const RenderOptions&) {
  return HtmlPage(report.headline, report.tool_version,
                  HtmlMachine(report, "machine", "h1", HtmlDetail::kAll));
}

std::string RenderHtmlSet(const ReportSet& set, const RenderOptions&) {
  const HtmlDetail detail =
      set.machines.size() <= kMostWhole ? HtmlDetail::kAll : HtmlDetail::kBrief;
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
    machines += HtmlMachine(report, id, "h2", detail);
  }
  const Mood mood = MoodOf(ExitCode(set));
  const std::string headline = SetHeadline(set);
  Markup note;
  if (set.not_recordings != 0) {
    note = Fill("<p>Files that are no recordings: {{count}}.</p>",
                {{"count", fmt::format("{}", set.not_recordings)}});
  }
  if (detail == HtmlDetail::kBrief) {
    note += Fill("<p>{{text}}</p>",
                 {{"text", fmt::format("Of more than {} machines what deviates is shown, and not "
                                       "what is alike or right: vtprobe check of a recording "
                                       "alone, which each machine has here, shows all.",
                                       kMostWhole)}});
  }
  return HtmlPage(headline, set.tool_version,
                  Fill(html::kIndex, {{"mood", Name(mood)},
                                      {"sign", Sign(mood)},
                                      {"headline", headline},
                                      {"rows", std::move(rows)},
                                      {"note", std::move(note)},
                                      {"machines", std::move(machines)}}));
}

}  // namespace vtprobe
