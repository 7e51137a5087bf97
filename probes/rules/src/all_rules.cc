#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "alike_cpus.h"
#include "deciding_msrs.h"
#include "rows_by_kind.h"
#include "rules.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/expectations.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/registers/table.h"

namespace vtprobe {
namespace {

constexpr std::array kRules = {
#define VTPROBE_RULE(constant, ...) &rules::constant,
#define VTPROBE_PROFILE_RULE(constant, ...)
#define VTPROBE_PROOF_RULE(constant, ...)
#include "vtprobe/probes/rules.def"
#undef VTPROBE_PROOF_RULE
#undef VTPROBE_PROFILE_RULE
#undef VTPROBE_RULE
};

constexpr std::array kExplainedRules = {
#define VTPROBE_RULE(constant, ...) &rules::constant,
#define VTPROBE_PROFILE_RULE(constant, ...)
#define VTPROBE_PROOF_RULE(constant, ...) &rules::constant,
#include "vtprobe/probes/rules.def"
#undef VTPROBE_PROOF_RULE
#undef VTPROBE_PROFILE_RULE
#undef VTPROBE_RULE
};

constexpr std::array kProfileRules = {
#define VTPROBE_RULE(constant, ...)
#define VTPROBE_PROFILE_RULE(constant, ...) &rules::constant,
#define VTPROBE_PROOF_RULE(constant, ...)
#include "vtprobe/probes/rules.def"
#undef VTPROBE_PROOF_RULE
#undef VTPROBE_PROFILE_RULE
#undef VTPROBE_RULE
};

const Rule* Find(std::span<const Rule* const> rules, std::string_view id) {
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule* rule) { return rule->id == id; });
  return found == rules.end() ? nullptr : *found;
}

// What it looks at besides the feature registers.
void AddRegistersOf(const Rule& rule, Selection* selection) {
  for (const MsrDef* const msr : rules::DecidingMsrs(rule)) selection->Add(msr->address);
  for (const MsrDef* const msr : rule.also) selection->Add(msr->address);
  for (const MsrDef* const msr : rule.msrs) selection->Add(msr->address);
  if (rule.reads != nullptr) rule.reads(selection);
}

// By which a machine's CPUs are grouped for all rules.
Selection RowsOfAllRules() {
  Selection selection = registers::FeatureRegisters();
  const auto add = [&](const Rule& rule) {
    for (const MsrDef* const msr : rules::DecidingMsrs(rule)) selection.Add(msr->address);
    for (const MsrDef* const msr : rule.also) selection.Add(msr->address);
    for (const MsrDef* const msr : rule.msrs) selection.Add(msr->address);
  };
  for (const Rule* const rule : kRules) add(*rule);
  for (const Rule* const rule : kProfileRules) add(*rule);
  return selection;
}

// Both are put together once: that takes as long as many rules do.
struct SelectionsOfAllRules {
  Selection kinds = registers::FeatureRegisters();
  Selection rows = RowsOfAllRules();
};

const SelectionsOfAllRules& Selections() {
  static const SelectionsOfAllRules kSelections;
  return kSelections;
}

// The CPUs on which a rule fails, or for the same cause as one that does. None if
// the profile does not count it.
// NOLINTNEXTLINE(misc-no-recursion): rules that follow from others form a chain
CpuSet FailingBy(std::string_view id, const RuleInput& input) {
  CpuGathering failing;
  if (input.profile->Find(id) == nullptr) return {};
  for (const Finding& finding : JudgeRule(*FindRule(id), input)) {
    if (finding.outcome == Outcome::kFail || finding.outcome == Outcome::kWaived ||
        !finding.follows.empty()) {
      failing.Add(finding.cpus);
    }
  }
  return failing.Together();
}

// Where a rule fails, or a profile requires it in vain, for a cause for which
// another fails that counts as well: one cause is one failure.
// NOLINTNEXTLINE(misc-no-recursion): as above
void NoteConsequences(const Rule& rule, const RuleInput& input, std::vector<Finding>* findings) {
  const bool counts = input.profile != nullptr && input.profile->Find(rule.id) != nullptr;
  std::map<std::string_view, CpuSet> failing;  // by other rules
  // NOLINTNEXTLINE(misc-no-recursion): as above
  const auto is_caused = [&](std::string_view cause, const CpuSet& cpus) {
    if (!counts || cause.empty()) return false;
    const auto [found, is_new] = failing.try_emplace(cause);
    if (is_new) found->second = FailingBy(cause, input);
    return !found->second.empty() && found->second.Contains(cpus);
  };
  for (Finding& finding : *findings) {
    if (finding.outcome == Outcome::kNotApplicable && finding.follows.empty()) {
      finding.follows = rule.depends_on;
    }
    if (!is_caused(finding.follows, finding.cpus)) {
      finding.follows = {};
    } else if (finding.outcome == Outcome::kFail) {
      finding.outcome = Outcome::kNotApplicable;
      finding.message = fmt::format("Depends on {}. {}", finding.follows, finding.message);
      finding.remedy.clear();
    }
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
      kinds_(machine.Rows(Selections().kinds)),
      rows_(
          std::make_unique<const rules::RowsByKind>(machine, verdict, kinds_, Selections().rows)) {}

RuleInput::~RuleInput() = default;

std::span<const Rule* const> AllRules() { return kRules; }

const Rule& ProofRule() { return rules::kVirtualizationProven; }

std::span<const Rule* const> ExplainedRules() { return kExplainedRules; }

std::span<const Rule* const> ProfileRules() { return kProfileRules; }

const Rule* FindRule(std::string_view id) {
  const Rule* const rule = Find(kExplainedRules, id);
  return rule != nullptr ? rule : Find(kProfileRules, id);
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
  const auto judge = [&](const Rule& rule) {
    for (Finding& finding : JudgeRule(rule, input)) findings.push_back(std::move(finding));
  };
  for (const Rule* const rule : kRules) judge(*rule);
  if (input.profile == nullptr) return findings;
  for (const Rule* const rule : kProfileRules) {
    if (input.profile->Find(rule->id) != nullptr) judge(*rule);
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
