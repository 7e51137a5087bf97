#include <algorithm>
#include <array>

#include "each_cpu.h"
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
  for (const MsrDef* const msr : rule.gates) selection->Add(msr->address);
  for (const MsrDef* const msr : rule.msrs) selection->Add(msr->address);
  if (rule.reads != nullptr) rule.reads(selection);
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

std::vector<Finding> JudgeRule(const Rule& rule, const RuleInput& input) {
  std::vector<Finding> findings =
      rule.judge != nullptr ? rule.judge(rule, input) : rules::JudgeEachCpu(rule, input);
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
