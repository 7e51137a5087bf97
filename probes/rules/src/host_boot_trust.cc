// Secure Boot is worth as much as the kernel behind it: one that is not locked
// down lets root load what nobody signed. Whether a host needs either is for a
// profile to say.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "host_facts.h"
#include "rules.h"

namespace vtprobe::rules {
namespace {

// "any", and then from weak to strong.
constexpr std::array<std::string_view, 4> kLevels = {"any", "none", "integrity", "confidentiality"};
constexpr std::array kLockdownParameters = {
    Parameter{.name = "at_least",
              .meaning = "the weakest lockdown that is accepted; any: none, unless Secure Boot is "
                         "on",
              .choices = kLevels}};

constexpr std::string_view kGuest =
    "This is a guest: what started its kernel is made up by its host.";

std::ptrdiff_t Strength(std::string_view level) {
  return std::find(kLevels.begin(), kLevels.end(), level) - kLevels.begin();
}

std::vector<Finding> JudgeLockdown(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) return host.Say(Outcome::kNotApplicable, std::string(kGuest));
  const auto level = host.Get(meta::kLockdown);
  if (!level) return host.NotRecorded("how far the kernel is locked down");
  const std::string_view wanted = host.Choice("at_least");
  if (Strength(*level) < Strength(wanted)) {
    return host.Say(Outcome::kFail, fmt::format("The kernel's lockdown is {} and should be at "
                                                "least {}.",
                                                *level, wanted));
  }
  if (wanted == "any" && level == "none" && host.Get(meta::kSecureBoot) == "on") {
    return host.Say(Outcome::kWarn,
                    "Secure Boot is on, and the kernel is not locked down: root may load code "
                    "that nobody signed.");
  }
  return host.Say(Outcome::kPass, fmt::format("The kernel's lockdown is {}.", *level));
}

std::vector<Finding> JudgeSecureBoot(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) return host.Say(Outcome::kNotApplicable, std::string(kGuest));
  const auto state = host.Get(meta::kSecureBoot);
  if (!state) return host.NotRecorded("whether Secure Boot is on");
  const std::string_view wanted = host.Choice("expect");
  if (wanted != "any" && (state == "on") != (wanted == "on")) {
    return host.Say(Outcome::kFail,
                    fmt::format("Secure Boot is {} and should be {}.", *state, wanted));
  }
  if (state == "legacy-boot") {
    return host.Say(Outcome::kNotApplicable, "The system was not started through UEFI.");
  }
  if (state == "setup-mode") {
    return host.Say(Outcome::kWarn,
                    "Secure Boot is in setup mode: whoever comes first may enroll keys.");
  }
  return host.Say(Outcome::kPass, fmt::format("Secure Boot is {}.", *state));
}

}  // namespace

const Rule kHostLockdown{
    .id = "host.lockdown",
    .title = "The kernel is locked down as far as Secure Boot and the profile ask for",
    .spec = "[linux/kernel-parameters] lockdown",
    .severity = Severity::kLow,
    .remedy = "Boot with lockdown=integrity, or a kernel that locks itself down under Secure Boot.",
    .parameters = kLockdownParameters,
    .judge = JudgeLockdown};

const Rule kHostSecureBoot{
    .id = "host.secure_boot",
    .title = "Secure Boot is out of setup mode, and as the profile wants it",
    .spec = "[uefi/spec] 3.3, 32.3",
    .severity = Severity::kLow,
    .remedy =
        "Look for \"Secure Boot\" in firmware setup, and restore the factory keys where "
        "none are enrolled.",
    .parameters = kExpect,
    .judge = JudgeSecureBoot};

}  // namespace vtprobe::rules
