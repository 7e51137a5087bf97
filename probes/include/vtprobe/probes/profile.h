// What a given product must have: which rules count, what they expect, and
// which failures are accepted and why.

#ifndef VTPROBE_PROBES_PROFILE_H_
#define VTPROBE_PROBES_PROFILE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/setting.h"

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

struct Profile {
  std::string name;
  std::string title;
  // The rules that count, by id. All others are judged by their defaults, and
  // are advice.
  std::map<std::string, RuleProfile, std::less<>> rules;

  // Null: the rule does not count.
  const RuleProfile* Find(std::string_view rule) const;
};

// A profile's text is TOML; probes/profiles/FORMAT.md says what may stand in it.
struct ProfileError {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::string message;
};

// `today` as "2026-11-22": a waiver that expired before it is an error. Of
// several errors, the one that stands first.
tl::expected<Profile, ProfileError> ParseProfile(std::string_view text, std::string_view today);

// The profile that a machine passes: the rules that pass there, with the values
// it has. That virtualization is usable counts in it even if it is not.
Profile ProfileOf(const PlatformSnapshot& machine, std::string name, std::string title);

// As ParseProfile() takes it, with what each rule is about.
std::string WriteProfile(const Profile& profile);

// The files of probes/profiles, in the order of their names.
struct ShippedProfile {
  std::string_view name;
  std::string_view text;
};
std::span<const ShippedProfile> ShippedProfiles();

// Null for a name that is none of theirs.
const ShippedProfile* FindShippedProfile(std::string_view name);

// What the profile makes of findings by the rules' defaults: severities,
// warnings that are failures, waivers, and which of them count. A waiver for
// some of a finding's CPUs splits it.
void Count(const Profile& profile, std::vector<Finding>* findings);

// The command's exit status for findings that were judged under a profile: 1 if
// one that counts fails, 2 if one can't be determined, 3 if the CPUs offer no
// hardware virtualization and the profile counts that, else 0.
int ExitCode(const Profile& profile, const std::vector<Finding>& findings);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_PROFILE_H_
