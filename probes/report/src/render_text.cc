// The report for people: the answer in one sentence, what it rests on, and
// what to do next. Everything else waits for --verbose.

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "finding_rows.h"
#include "machine_items.h"
#include "mood.h"
#include "proof_finding.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

Colour ColourOf(Mood mood) {
  switch (mood) {
    case Mood::kOk:
      return Colour::kGreen;
    case Mood::kUnknown:
    case Mood::kAdvice:
      return Colour::kYellow;
    case Mood::kBad:
      return Colour::kRed;
  }
  return Colour::kYellow;
}

std::string_view Who(Attribution attribution) {
  switch (attribution) {
    case Attribution::kFirmware:
      return "firmware";
    case Attribution::kKernel:
      return "kernel";
    case Attribution::kFirmwareOrKernel:
      return "firmware or kernel";
    case Attribution::kHypervisor:
      return "hypervisor";
    case Attribution::kUnknown:
      return "unknown";
  }
  return {};
}

// The rules that keep a profile from being met, by name.
std::string WhatIsNotMet(const Report& report) {
  std::string text;
  for (const auto& [outcome, what] :
       {std::pair{Outcome::kFail, "Fails"}, std::pair{Outcome::kIndeterminate, "Not known"}}) {
    const auto rules = RulesInWords(outcome, true, report);
    if (!rules.empty()) text += fmt::format("{}: {}.\n", what, fmt::join(rules, ", "));
  }
  return text;
}

// Collects the lines below the first one.
class Body {
 public:
  Body(const Report& report, bool verbose)
      : report_(report), verdict_(report.virtualization), verbose_(verbose) {}

  std::vector<TextRow> Rows() {
    Blank();
    AddGroups();
    AddWhy();
    AddProof();
    for (const std::string& note : report_.notes) Add("note", note);
    AddMachine();
    if (verbose_) AddOrigin();
    AddFindings();
    AddRemedy();
    return std::move(rows_);
  }

 private:
  void Add(TextRow row) { rows_.push_back(std::move(row)); }
  void Add(std::string label, std::string_view text) {
    if (!text.empty()) Add(Prose(std::move(label), text));
  }
  void Blank() { rows_.emplace_back(); }

  void AddGroups() {
    const bool several = verdict_.groups.size() > 1;
    for (const VirtualizationGroup& group : verdict_.groups) {
      TextRow row;
      if (!group.evidence.empty()) row = EvidenceRow(group.evidence.front());
      row.label = CpusLabel(group.cpus);
      if (several || row.lead.empty()) {
        row.items.insert(row.items.begin(), std::string(Name(group.state)));
        row.separator = kFieldSeparator;
      }
      Add(std::move(row));
      if (!verbose_) continue;
      for (std::size_t i = 1; i < group.evidence.size(); ++i) Add(EvidenceRow(group.evidence[i]));
    }
    if (!report_.subject.cpus_offline.empty()) Add(OfflineRow(report_.subject.cpus_offline));
  }

  void AddWhy() {
    // Before a system ran it is firmware's, unless there is a reason to doubt it.
    const bool doubted = report_.subject.stage == "pre-os" && !verdict_.attribution_reason.empty();
    if (verdict_.attribution != Attribution::kUnknown || doubted || verbose_) {
      Add("who",
          verdict_.attribution_reason.empty()
              ? std::string(Who(verdict_.attribution))
              : fmt::format("{}: {}", Who(verdict_.attribution), verdict_.attribution_reason));
    }
    if (verbose_) {
      Add("why", report_.explanation);
      return;
    }
    std::set<std::string> said;
    for (const VirtualizationGroup& group : verdict_.groups) {
      // The answer itself may be the note.
      std::string note = NoteOf(verdict_, group);
      const bool news = report_.headline.find(note) == std::string::npos;
      if (news && said.insert(note).second) Add("note", std::move(note));
    }
  }

  void AddProof() {
    if (!report_.proof) return;
    for (const std::string& clause : ProofClauses(*report_.proof)) Add("proof", clause);
    Add("but", Contradiction(*verdict_.guests));
  }

  void AddMachine() {
    TextRow row{"machine", {}, MachineItems(report_, verbose_), kFieldSeparator};
    if (!row.items.empty()) Add(std::move(row));
  }

  void AddOrigin() {
    const Subject& subject = report_.subject;
    Add("origin", subject.stage ? fmt::format("{}, {}", subject.provenance, *subject.stage)
                                : subject.provenance);
    if (subject.file && subject.file != subject.source) Add("file", *subject.file);
    if (subject.source) Add("source", *subject.source);
    for (const auto& [key, value] : subject.other) Add(key, value);
  }

  void AddFindings() {
    for (TextRow& row : FindingRows(report_, verbose_)) Add(std::move(row));
  }

  void AddRemedy() {
    if (report_.remedy.empty()) return;
    Blank();
    Add(verdict_.usable == Usable::kUnknown ? "to find out"
        : verdict_.usable == Usable::kYes   ? "to do"
                                            : "to fix",
        report_.remedy);
  }

  const Report& report_;
  const VirtualizationVerdict& verdict_;
  const bool verbose_;
  std::vector<TextRow> rows_;
};

}  // namespace

std::string RenderText(const Report& report, const RenderOptions& options) {
  const VirtualizationVerdict& verdict = report.virtualization;
  std::string text =
      Coloured(Printable(report.headline), ColourOf(MoodOf(verdict)), options) + '\n';
  if (report.profile) {
    text += Coloured(Printable(ProfileLine(report)), ColourOf(MoodOf(report.exit_code)), options) +
            '\n';
    if (options.verbosity == Verbosity::kQuiet) text += WhatIsNotMet(report);
  }
  if (options.verbosity == Verbosity::kQuiet) return text;
  return text + LayOut(Body(report, options.verbosity == Verbosity::kVerbose).Rows(), options);
}

}  // namespace vtprobe
