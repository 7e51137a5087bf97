#include <fmt/format.h>

#include <algorithm>

#include "json_text.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/locks.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

bool Has(const LockReport& report, std::string_view outcome) {
  return std::any_of(report.groups.begin(), report.groups.end(),
                     [&](const LockGroup& group) { return group.outcome == outcome; });
}

// "IA32_FEATURE_CONTROL on CPUs 0-3", of all with that outcome.
std::string Those(const LockReport& report, std::string_view outcome) {
  std::vector<std::string> parts;
  for (const LockGroup& group : report.groups) {
    if (group.outcome != outcome) continue;
    parts.push_back(fmt::format("{} on {}", group.name, CpusText(group.cpus)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string Headline(const LockReport& report) {
  if (Has(report, "changed")) {
    return fmt::format("STOPPED: {} changed, though what was written is what was read.",
                       Those(report, "changed"));
  }
  if (Has(report, "does_not_hold")) {
    return fmt::format("A lock does NOT hold: {} took a write.", Those(report, "does_not_hold"));
  }
  if (Has(report, "not_locked")) {
    return fmt::format("NOT locked: {}; nothing was written there.", Those(report, "not_locked"));
  }
  if (Has(report, "not_written")) {
    return "Cannot tell: the kernel refuses to write registers (lockdown, which Secure Boot may "
           "switch on, or msr.allow_writes=off), and the CPU was not asked.";
  }
  if (Has(report, "not_read")) {
    return fmt::format(
        "Cannot tell: {} could not be read; is the msr driver loaded (modprobe "
        "msr)?",
        Those(report, "not_read"));
  }
  if (!Has(report, "holds")) return "Cannot tell: no register here has a lock that a write proves.";
  return fmt::format("Locks hold: the CPU refused to write {}.", Those(report, "holds"));
}

std::string_view InWords(std::string_view outcome) {
  if (outcome == "holds") return "the CPU refused the write";
  if (outcome == "does_not_hold") return "the CPU took the write";
  if (outcome == "changed") return "the value is another";
  if (outcome == "not_locked") return "LOCK reads 0: nothing was written";
  if (outcome == "not_there") return "the CPU does not have it: nothing was written";
  if (outcome == "not_written") return "the kernel refused the write";
  return "it could not be read";
}

Colour ColourOf(int exit_code) {
  if (exit_code == 0) return Colour::kGreen;
  return exit_code == 1 ? Colour::kRed : Colour::kYellow;
}

}  // namespace

int ExitCode(const LockReport& report) {
  if (Has(report, "changed") || Has(report, "does_not_hold") || Has(report, "not_locked")) return 1;
  const bool all_known =
      Has(report, "holds") && !Has(report, "not_read") && !Has(report, "not_written");
  return all_known ? 0 : 2;
}

std::string RenderLocksText(const LockReport& report, const RenderOptions& options) {
  std::string text =
      Coloured(Printable(Headline(report)), ColourOf(ExitCode(report)), options) + '\n';
  if (options.verbosity == Verbosity::kQuiet) return text;
  std::vector<TextRow> rows(1);
  for (const LockGroup& group : report.groups) {
    std::string said = fmt::format("{}: {}", group.name, InWords(group.outcome));
    if (!group.before.empty()) said += fmt::format("; before {}", group.before);
    if (!group.after.empty()) said += fmt::format(", after {}", group.after);
    rows.push_back(Prose(CpusLabel(group.cpus), said));
  }
  for (const UnprovableLock& lock : report.unprovable) {
    rows.push_back(Prose("left alone", fmt::format("{}: {}", lock.name, lock.why)));
  }
  return text + LayOut(rows, options);
}

std::string RenderLocksJson(const LockReport& report, std::string_view tool_version) {
  OrderedJson document;
  document["schema"] = "vtprobe-locks/1";
  document["tool"] = ToolJson(tool_version);
  document["locks"] = OrderedJson::array();
  for (const LockGroup& group : report.groups) {
    OrderedJson entry;
    entry["register"] = group.name;
    entry["address"] = group.address;
    entry["cpus"] = group.cpus.ToString();
    entry["outcome"] = group.outcome;
    entry["before"] = group.before.empty() ? OrderedJson() : OrderedJson(group.before);
    entry["after"] = group.after.empty() ? OrderedJson() : OrderedJson(group.after);
    document["locks"].push_back(std::move(entry));
  }
  document["left_alone"] = OrderedJson::array();
  for (const UnprovableLock& lock : report.unprovable) {
    document["left_alone"].push_back({{"register", lock.name}, {"why", lock.why}});
  }
  document["headline"] = Headline(report);
  document["exit_code"] = ExitCode(report);
  return JsonText(document);
}

}  // namespace vtprobe
