#include <array>

#include "rules/rules.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe {
namespace {

constexpr std::array kRules = {
#define VTPROBE_RULE(constant) &rules::constant,
#include "vtprobe/probes/rules.def"
#undef VTPROBE_RULE
};

}  // namespace

std::span<const Rule* const> AllRules() { return kRules; }

std::vector<Finding> JudgeRules(const RuleInput& input) {
  std::vector<Finding> findings;
  for (const Rule* const rule : kRules) {
    for (Finding& finding : rule->judge(*rule, input)) findings.push_back(std::move(finding));
  }
  return findings;
}

Selection JudgedRegisters() {
  Selection selection = VirtualizationRegisters();
  for (const Rule* const rule : kRules) rule->reads(&selection);
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
