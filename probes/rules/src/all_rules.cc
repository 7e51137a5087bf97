#include <algorithm>
#include <array>

#include "alike_cpus.h"
#include "deciding_msrs.h"
#include "rules.h"
#include "vtprobe/probes/expectations.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

constexpr std::array kRules = {
#define VTPROBE_RULE(constant) &rules::constant,
#include "vtprobe/probes/rules.def"
#undef VTPROBE_RULE
};

// What it looks at besides the feature registers.
void AddRegistersOf(const Rule& rule, Selection* selection) {
  for (const MsrDef* const msr : rules::DecidingMsrs(rule)) selection->Add(msr->address);
  for (const MsrDef* const msr : rule.also) selection->Add(msr->address);
  for (const MsrDef* const msr : rule.msrs) selection->Add(msr->address);
  if (rule.reads != nullptr) rule.reads(selection);
}

// Where a rule fails, or a profile requires it in vain, because another's switch
// is off, and that one counts and fails for it: one cause is one failure.
// NOLINTNEXTLINE(misc-no-recursion): rules that depend on others form a chain
void NoteConsequences(const Rule& rule, const RuleInput& input, std::vector<Finding>* findings) {
  if (rule.depends_on.empty()) return;
  CpuSet failing;  // by the other rule, which counts
  const RuleProfile* const own = input.profile == nullptr ? nullptr : input.profile->Find(rule.id);
  if (own != nullptr && input.profile->Find(rule.depends_on) != nullptr) {
    for (const Finding& cause : JudgeRule(*FindRule(rule.depends_on), input)) {
      if (cause.outcome == Outcome::kFail || cause.outcome == Outcome::kWaived ||
          cause.is_consequence) {
        failing = failing.Union(cause.cpus);
      }
    }
  }
  for (Finding& finding : *findings) {
    const bool is_caused = !failing.empty() && failing.Contains(finding.cpus);
    if (finding.outcome == Outcome::kNotApplicable) finding.is_consequence = is_caused;
    if (!finding.is_consequence || finding.outcome != Outcome::kFail) continue;
    finding.is_consequence = is_caused;
    if (!is_caused) continue;
    finding.outcome = Outcome::kNotApplicable;
    finding.message = "Depends on " + std::string(rule.depends_on) + ". " + finding.message;
    finding.remedy.clear();
  }
}

// What a hypervisor's own system reads of registers passes through it.
void AddThatItIsFiltered(const HostPartition& partition, std::vector<Finding>* findings) {
  for (Finding& finding : *findings) {
    if (finding.outcome == Outcome::kNotApplicable || finding.outcome == Outcome::kIndeterminate) {
      continue;
    }
    finding.message.append(" (As read through ").append(partition.hypervisor);
    finding.message.append(", which may filter it.)");
  }
}

}  // namespace

RuleInput::RuleInput(const PlatformSnapshot& machine, const VirtualizationVerdict& verdict,
                     const Profile* chosen, std::span<const PlatformSnapshot> before)
    : snapshot(machine),
      virtualization(verdict),
      profile(chosen),
      earlier(before),
      features_(registers::FeatureRegisters()),
      kinds_(machine.Rows(features_)) {}

std::span<const Rule* const> AllRules() { return kRules; }

const Rule* FindRule(std::string_view id) {
  const auto found =
      std::find_if(kRules.begin(), kRules.end(), [&](const Rule* rule) { return rule->id == id; });
  return found == kRules.end() ? nullptr : *found;
}

// NOLINTNEXTLINE(misc-no-recursion): as above
std::vector<Finding> JudgeRule(const Rule& rule, const RuleInput& input) {
  std::vector<Finding> findings =
      rule.judge != nullptr ? rule.judge(rule, input) : rules::JudgeEachCpu(rule, input);
  NoteConsequences(rule, input, &findings);
  if (input.virtualization.partition && rule.msrs.size() != 0) {
    AddThatItIsFiltered(*input.virtualization.partition, &findings);
  }
  if (input.profile != nullptr) Count(*input.profile, &findings);
  return findings;
}

std::vector<Finding> JudgeRules(const RuleInput& input) {
  std::vector<Finding> findings;
  findings.reserve(kRules.size());  // most rules have one finding
  for (const Rule* const rule : kRules) {
    for (Finding& finding : JudgeRule(*rule, input)) findings.push_back(std::move(finding));
  }
  return findings;
}

Selection RegistersOf(const Rule& rule) {
  Selection selection = registers::FeatureRegisters();
  AddRegistersOf(rule, &selection);
  return selection;
}

Selection JudgedRegisters() {
  Selection selection = VirtualizationRegisters();
  selection.Add(registers::FeatureRegisters());
  for (const Rule* const rule : kRules) AddRegistersOf(*rule, &selection);
  return selection;
}

std::string_view Name(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kLow:
      return "low";
    case Severity::kMedium:
      return "medium";
    case Severity::kHigh:
      return "high";
    case Severity::kCritical:
      return "critical";
  }
  return {};
}

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kFail:
      return "fail";
    case Outcome::kWarn:
      return "warn";
    case Outcome::kNotApplicable:
      return "not_applicable";
    case Outcome::kIndeterminate:
      return "indeterminate";
    case Outcome::kWaived:
      return "waived";
  }
  return {};
}

}  // namespace vtprobe
