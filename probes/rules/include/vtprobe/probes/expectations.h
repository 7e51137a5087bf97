// What a given product must have: which rules count, what they expect, and
// which failures are accepted and why.

#ifndef VTPROBE_PROBES_EXPECTATIONS_H_
#define VTPROBE_PROBES_EXPECTATIONS_H_

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/setting.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe {

// An accepted failure.
struct Waiver {
  std::string reason;
  std::optional<CpuSet> cpus{};          // none: all
  std::optional<std::string> expires{};  // "2026-12-31", the last day it holds
};

struct RuleProfile {
  std::optional<Severity> severity{};
  // It counts where the rule does not apply, too: a machine that lacks what the
  // rule is about fails.
  bool required = false;
  // A warning is a failure.
  bool strict = false;
  Settings settings{};
  std::vector<Waiver> waivers{};
};

// A register, or a field of it, that is to have this value on every CPU.
struct ExpectedField {
  std::variant<MsrAddress, const CpuidDef*> reg;
  Field field;  // of a register as a whole, all its bits
  std::uint64_t value = 0;
};

// What is expected of a machine besides what rules know to ask. By name, as the
// profile writes it.
struct Expected {
  template <typename T>
  using ByName = std::map<std::string, T, std::less<>>;

  ByName<ExpectedField> fields;                 // "IA32_FEATURE_CONTROL.LOCK"
  ByName<std::uint64_t> counts;                 // one of kExpectedCounts
  ByName<std::vector<std::string>> statements;  // one of kExpectedStatements: any of these

  bool empty() const { return fields.empty() && counts.empty() && statements.empty(); }
};

// How many there are online.
inline constexpr std::array<std::string_view, 3> kExpectedCounts = {"cpus", "cores", "packages"};
// Keys of a recording's metadata.
inline constexpr std::array<std::string_view, 6> kExpectedStatements = {
    meta::kFirmwareVendor, meta::kFirmwareVersion, meta::kFirmwareDate,
    meta::kBoard,          meta::kKernel,          meta::kSmt};

struct Profile {
  std::string name;
  std::string title;
  // The rules that count, by id. All others are judged by their defaults, and
  // are advice.
  std::map<std::string, RuleProfile, std::less<>> rules;
  Expected expected{};

  // Null: the rule does not count.
  const RuleProfile* Find(std::string_view rule) const;
};

// Counts the rules about what the profile expects of its own, where it expects
// anything.
void CountExpected(Profile* profile);

// What the profile makes of findings by the rules' defaults: severities,
// warnings that are failures, waivers, and which of them count. A waiver for
// some of a finding's CPUs splits it.
void Count(const Profile& profile, std::vector<Finding>* findings);

// The command's exit status for findings that were judged under a profile: 1 if
// one that counts fails, 2 if one can't be determined, 3 if the CPUs offer no
// hardware virtualization and the profile counts that, else 0.
int ExitCode(const Profile& profile, const std::vector<Finding>& findings);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_EXPECTATIONS_H_
