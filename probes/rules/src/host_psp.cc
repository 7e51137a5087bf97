// What AMD's Secure Processor says of itself: that the part was fused for production
// and is locked against debuggers, without which nobody can trust what it proves; and
// that it keeps old firmware, and writers, from the flash.

#include <fmt/format.h>

#include <array>
#include <span>
#include <string>

#include "host_facts.h"
#include "rules.h"

namespace vtprobe::rules {
namespace {

struct Attribute {
  std::string_view key;
  std::string_view lack;  // what it means that it is 0
};

constexpr std::array kOfPart = {Attribute{"psp.fused_part", "the part is not fused for production"},
                                Attribute{"psp.debug_lock_on", "the part is open to debuggers"}};
constexpr std::array kOfFlash = {
    Attribute{"psp.anti_rollback_status", "older firmware may be put back"},
    Attribute{"psp.rom_armor_enforced", "SMM's way to the flash is not enforced"}};

std::vector<Finding> JudgeAll(const Rule& rule, const RuleInput& input,
                              std::span<const Attribute> attributes) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable,
                    "This is a guest: the Secure Processor is its "
                    "host's.");
  }
  if (host.Lacks(registers::kAmdCompatible)) {
    return host.Say(Outcome::kNotApplicable, "These CPUs have no Secure Processor of AMD's.");
  }
  std::string lacking;
  std::string_view unread;
  for (const auto& [key, lack] : attributes) {
    const auto value = host.Get(key);
    if (!value) unread = key;
    if (value != "0") continue;
    lacking += fmt::format("{}{} ({})", lacking.empty() ? "" : ", ", lack, key);
  }
  if (!lacking.empty()) {
    return host.Say(Outcome::kWarn, fmt::format("AMD's Secure Processor says: {}.", lacking));
  }
  if (!unread.empty()) return host.NotRecorded(fmt::format("what {} is", unread));
  return host.Say(Outcome::kPass, std::string(rule.title) + ".");
}

}  // namespace

const Rule kHostPspPart{
    .id = "host.psp_part",
    .title = "AMD's Secure Processor is fused for production and locked against debuggers",
    .spec = "[linux/ccp] Documentation/ABI/testing/sysfs-driver-ccp",
    .severity = Severity::kHigh,
    .remedy = "This is for the vendor of the machine to mend: it is no setting.",
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeAll(rule, input, kOfPart);
    }};

const Rule kHostPspFlash{
    .id = "host.psp_flash",
    .title = "AMD's Secure Processor keeps old firmware and writers from the flash",
    .spec = "[linux/ccp] Documentation/ABI/testing/sysfs-driver-ccp",
    .severity = Severity::kLow,
    .remedy = "Update the firmware; if it stays, ask the vendor for anti-rollback and ROM Armor.",
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeAll(rule, input, kOfFlash);
    }};

}  // namespace vtprobe::rules
