// System-management mode has memory of its own, which nobody else may touch.
// SMM_MASK switches the protection on, SMMLOCK makes it stay as it is: a CPU on
// which either was forgotten lets the operating system rewrite firmware's most
// privileged code.

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "alike_cpus.h"
#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kHwcr;
using registers::kSmmMask;

// AMD's from family 17H on, and Hygon's, which are of their design.
constexpr Requirement kIsZenOnwards = registers::FamilySince(0x17);

constexpr std::string_view kRemedy =
    "No setup option changes this: update the firmware, and if it stays, give the vendor a "
    "recording (vtprobe record).";

// Either range may hold the code of SMM: ASeg is the one of old.
Opinion CheckRanges(const CheckedCpu& cpu) {
  const AskedBits mask = cpu[kSmmMask];
  const bool is_in_aseg = kSmmMask["AValid"].IsSet(mask);
  const std::uint64_t valid = is_in_aseg ? 0 : kSmmMask["TValid"].mask();
  Opinion opinion =
      ExpectBits(cpu, kSmmMask, valid, kSmmMask["AClose"].mask() | kSmmMask["TClose"].mask());
  if (opinion.outcome != Outcome::kPass) return opinion;
  if (is_in_aseg) {
    if (kSmmMask["TValid"].IsSet(mask)) return opinion;
    return {Outcome::kPass, "SMM's memory is ASeg (A0000H to BFFFFH), which is protected."};
  }
  // Firmware that keeps no SMM code there (coreboot) never switches it on.
  return {Outcome::kWarn,
          "SMM_MASK: AValid is 0, so that A0000H to BFFFFH is not protected. That is harmless if "
          "firmware keeps no SMM code there."};
}

// Each CPU has its code in a range that is protected, and all in the same: one
// of which TSeg is not protected is no better for its ASeg where the others' code
// is in TSeg.
std::vector<Finding> JudgeRanges(const Rule& rule, const RuleInput& input) {
  constexpr std::uint64_t kValid = kSmmMask["AValid"].mask() | kSmmMask["TValid"].mask();
  struct Camp {
    CpuGathering cpus;
    Opinion opinion;
    std::vector<Evidence> evidence;
  };
  std::map<std::uint64_t, Camp> camps;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const CheckedCpu cpu(rule, alike.registers, SettingsOf(rule, input));
    Opinion opinion = CheckRanges(cpu);
    if (opinion.outcome == Outcome::kFail) {
      findings.Add(alike.cpus, opinion, alike.registers);
      return;
    }
    Camp& camp = camps[cpu[kSmmMask] & kValid];
    camp.opinion = std::move(opinion);
    camp.cpus.Add(alike.cpus);
    AddEvidence(alike.registers, kSmmMask, &camp.evidence);
  });
  if (camps.size() == 1) {
    const Camp& camp = camps.begin()->second;
    findings.Add(camp.cpus.Together(), camp.opinion, camp.evidence);
  } else if (!camps.empty()) {
    std::vector<CpuSet> cpus;
    std::vector<Evidence> evidence;
    std::string message = "SMM_MASK: the ranges that are protected differ:";
    for (const auto& [valid, camp] : camps) {
      message += fmt::format("{} AValid {} and TValid {} on CPUs {}", cpus.empty() ? "" : ",",
                             kSmmMask["AValid"].Extract(valid), kSmmMask["TValid"].Extract(valid),
                             camp.cpus.Together().ToString());
      cpus.push_back(camp.cpus.Together());
      evidence.insert(evidence.end(), camp.evidence.begin(), camp.evidence.end());
    }
    findings.Add(OutsideLargest(cpus), {Outcome::kFail, message + "."}, evidence);
  }
  return findings.Take();
}

SwitchPosition BaseLock(const CheckedCpu& cpu) {
  const AskedBits value = cpu[kHwcr];
  if (kHwcr["SmmBaseLock"].IsSet(value)) return {true};
  SwitchPosition open{.is_on = false};
  if (kHwcr["SMMLOCK"].IsSet(value)) {
    open.odd = {Outcome::kWarn,
                "SmmBaseLock is 0: SMM's code can move its own memory. The manual allows that, and "
                "firmware of today locks it."};
  } else {
    open.odd = {Outcome::kNotApplicable,
                "SmmBaseLock is 0, as SMMLOCK is: nothing of SMM is locked."};
    open.follows = "amd.hwcr.smmlock";
  }
  return open;
}

}  // namespace

const Rule kAmdSmmLocked{.id = "amd.hwcr.smmlock",
                         .title = "The registers of system-management mode are locked",
                         .spec = "[amd/ppr-19-01] MSRC001_0015",
                         .severity = Severity::kHigh,
                         .remedy = kRemedy,
                         .msrs = {&kHwcr},
                         .check = BitsAre<kHwcr, kHwcr["SMMLOCK"].mask()>};

// What SMM_BASE is locked against: a handler that is redirected. The manual asks
// for no lock, and firmware of early boards with Zen, up to the third, sets
// SMMLOCK alone. Later it sets both, and fwupd asks for both. SmmPgCfgLock (bit 33)
// locks the paging of SMM's code on CPUs that have it (CPUID 8000_0021H), which not
// all firmware uses; that is only held to be alike.
const Rule kAmdSmmBaseLocked{
    .id = "amd.hwcr.smm_base_lock",
    .title = "The base of SMM's memory is locked, as expected, on every CPU",
    .spec =
        "[amd/ppr-19-01] MSRC001_0015, [chipsec/chipsec] chipsec/cfg/1022, [fwupd] "
        "plugins/msr/fu-msr-plugin.c",
    .severity = Severity::kMedium,
    .remedy = kRemedy,
    .msrs = {&kHwcr},
    .parameters = kExpect,
    .otherwise = "CPUs before family 17H have no such lock.",
    .applies = &kIsZenOnwards,
    .judge = [](const Rule& rule, const RuleInput& input) {
      return JudgeOnOff(rule, input, "SmmBaseLock", BaseLock);
    }};

const Rule kAmdSmmProtected{.id = "amd.smm_mask.protected",
                            .title = "The memory of system-management mode is protected",
                            .spec = "[amd/apm-vol2] 10.2.5, [amd/ppr-19-01] MSRC001_0113",
                            .severity = Severity::kHigh,
                            .remedy = kRemedy,
                            .msrs = {&kSmmMask},
                            .judge = JudgeRanges};

}  // namespace vtprobe::rules
