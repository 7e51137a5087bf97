#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "json_text.h"
#include "proof_json.h"
#include "register_text.h"
#include "text_layout.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/proof.h"

namespace vtprobe {
namespace {

std::string_view ExtensionOf(const GuestProvider& provider) {
  return provider.needs == GuestProvider::Needs::kSvm ? "SVM" : "VT-x";
}

CpuSet Those(const Proof& proof, GuestOutcome outcome) {
  CpuSet cpus;
  for (const ProofGroup& group : proof.groups) {
    if (group.run.outcome == outcome) cpus = cpus.Union(group.cpus);
  }
  return cpus;
}

std::string Headline(const Proof& proof) {
  const std::string& provider = proof.provider.name;
  switch (Conclude(proof)) {
    case Conclusion::kProven:
      return fmt::format("Hardware virtualization works: guests ran on every CPU by {}.", provider);
    case Conclusion::kDisproven: {
      const CpuSet wrong = Those(proof, GuestOutcome::kWrong);
      if (!wrong.empty()) {
        return fmt::format("Not sound: guests went wrong on {}.", CpusText(wrong));
      }
      return fmt::format("Hardware virtualization does not work on {}: {} could not run a guest.",
                         CpusText(Those(proof, GuestOutcome::kRefused)), provider);
    }
    case Conclusion::kNoHardware:
      return proof.provider.needs == GuestProvider::Needs::kNothing
                 ? fmt::format(
                       "Nothing is proven of hardware virtualization: guests run here by "
                       "{}, which needs none.",
                       provider)
                 : "Nothing is proven of hardware virtualization: guests run here, and it is not "
                   "known by which KVM.";
    case Conclusion::kNotProven:
      return proof.groups.size() == 1
                 ? fmt::format("Nothing is proven: {}.", proof.groups.front().run.reason)
                 : "Nothing is proven: guests did not run on every CPU.";
  }
  return "";
}

Colour ColourOf(Conclusion conclusion) {
  switch (conclusion) {
    case Conclusion::kProven:
      return Colour::kGreen;
    case Conclusion::kDisproven:
      return Colour::kRed;
    case Conclusion::kNotProven:
    case Conclusion::kNoHardware:
      return Colour::kYellow;
  }
  return Colour::kYellow;
}

TextRow Row(const ProofGroup& group) {
  TextRow row;
  row.label = CpusLabel(group.cpus);
  row.lead = group.run.outcome == GuestOutcome::kNotAsked ? "not asked"
                                                          : std::string(Name(group.run.outcome));
  if (group.run.outcome == GuestOutcome::kRan) {
    row.items = {Counted(group.runs, "time") + ",",
                 "each",
                 "in",
                 "16-bit",
                 "real",
                 "mode",
                 "and",
                 "in",
                 "64-bit",
                 "mode",
                 "with",
                 "paging;",
                 "every",
                 "result",
                 "right"};
    return row;
  }
  const TextRow why = Prose("", group.run.reason);
  row.items = why.items;
  if (group.not_well != group.runs) {
    row.items.push_back(fmt::format("({} of {})", group.not_well, Counted(group.runs, "run")));
  }
  return row;
}

std::string Milliseconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>(time).count());
}

std::vector<TextRow> Rows(const ProofReport& report) {
  const Proof& proof = report.proof;
  std::vector<TextRow> rows;
  for (const ProofGroup& group : proof.groups) rows.push_back(Row(group));
  if (proof.slowest) {
    rows.push_back(Prose("slowest", fmt::format("{} on CPU {}", Milliseconds(proof.slowest->took),
                                                Number(proof.slowest->cpu))));
  }
  const Conclusion conclusion = Conclude(proof);
  if (proof.provider.needs_hardware() && report.is_under_hypervisor) {
    rows.push_back(Prose("note", fmt::format("a hypervisor runs this system: it is the {} that it "
                                             "lends which {} uses",
                                             ExtensionOf(proof.provider), proof.provider.name)));
  }
  if (conclusion != Conclusion::kProven) {
    rows.emplace_back();
    rows.push_back(Prose("to find out",
                         "vtprobe check says what the registers say of VT-x or SVM, "
                         "and who switched it off."));
  }
  return rows;
}

}  // namespace

std::string RenderProofText(const ProofReport& report, const RenderOptions& options) {
  std::string text =
      Coloured(Printable(Headline(report.proof)), ColourOf(Conclude(report.proof)), options) + '\n';
  if (options.verbosity == Verbosity::kQuiet) return text;
  return text + '\n' + LayOut(Rows(report), options);
}

std::string RenderProofJson(const ProofReport& report, std::string_view tool_version) {
  const Proof& proof = report.proof;
  OrderedJson document;
  document["schema"] = "vtprobe-proof/1";
  document["tool"] = ToolJson(tool_version);
  document["proof"] = ProofJson(proof);
  document["under_hypervisor"] = report.is_under_hypervisor;
  document["headline"] = Headline(proof);
  document["conclusion"] = Name(Conclude(proof));
  document["exit_code"] = ExitCode(Conclude(proof));
  return JsonText(document);
}

}  // namespace vtprobe
