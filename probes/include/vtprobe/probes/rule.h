// A rule looks at a snapshot and says what it thinks of it. Each is one file
// in src/rules and one row of rules.def.

#ifndef VTPROBE_PROBES_RULE_H_
#define VTPROBE_PROBES_RULE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/evidence.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

enum class Severity : std::uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };

enum class Outcome : std::uint8_t { kPass, kFail, kWarn, kNotApplicable, kIndeterminate, kWaived };

std::string_view Name(Severity severity);
std::string_view Name(Outcome outcome);

struct Finding {
  std::string_view rule;  // the rule's id
  Outcome outcome = Outcome::kNotApplicable;
  Severity severity = Severity::kInfo;
  CpuSet cpus;
  std::string message;
  std::vector<Evidence> evidence;
  std::string_view spec;
  std::string remedy;  // empty where nothing needs doing
};

// What a rule may look at. The verdict stands in it so that a rule about it
// does not decide it a second time.
struct RuleInput {
  const PlatformSnapshot& snapshot;
  const VirtualizationVerdict& virtualization;
};

struct Rule {
  std::string_view id;     // "intel.smrr.valid"
  std::string_view title;  // what holds when it passes
  std::string_view spec;
  Severity severity = Severity::kInfo;
  // Adds the registers it looks at, for capture.
  void (*reads)(Selection* selection);
  // At least one finding; several where groups of CPUs fare differently.
  std::vector<Finding> (*judge)(const Rule& rule, const RuleInput& input);
};

// Every rule there is, in the order of rules.def.
std::span<const Rule* const> AllRules();

// Every rule's findings, in the order of AllRules().
std::vector<Finding> JudgeRules(const RuleInput& input);

// What the verdict and all rules look at.
Selection JudgedRegisters();

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_RULE_H_
