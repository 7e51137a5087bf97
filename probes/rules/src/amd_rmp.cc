// SEV-SNP keeps a table of who owns which page, the RMP, in memory that firmware
// reserves. Its bounds must make sense and be the same for every CPU, or SNP
// can't be switched on. With RMP_CFG's bit 0 the table is segmented: RMP_BASE is
// all there is, and RMP_END stays 0.

#include <fmt/format.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "alike_cpus.h"
#include "rules.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/requirement.h"

namespace vtprobe::rules {
namespace {

using registers::kRmpBase;
using registers::kRmpCfg;
using registers::kRmpEnd;
using registers::kSyscfg;

constexpr Requirement kOffersSnp = registers::kSnp;

// RMP_BASE, RMP_END, and whether the table is segmented.
using Bounds = std::array<std::uint64_t, 3>;

std::string Describe(const Bounds& bounds) {
  return fmt::format("{:#x} to {:#x}", bounds[0], bounds[1]);
}

constexpr std::string_view kReserveRemedy =
    "Set \"SNP Memory (RMP Table) Coverage\" to enabled in firmware setup (AMD CBS), then power "
    "off completely.";

// What was read decides where it can: base 0 without an end is no table, whatever
// else is known. Gives the bounds of a table that makes sense.
Opinion CheckBounds(const CheckedCpu& cpu, Bounds* bounds) {
  const auto base_reading = cpu.Reading(kRmpBase);
  const auto end_reading = cpu.Reading(kRmpEnd);
  if (!base_reading) return NotReadOf(kRmpBase, base_reading.error());
  const std::uint64_t base = *base_reading & kRmpBase["BASE"].mask();
  if (base == 0) {
    if (!end_reading) return NotReadOf(kRmpEnd, end_reading.error());
    if ((*end_reading & kRmpEnd["END"].mask()) != 0) {
      return {Outcome::kFail,
              fmt::format("RMP_BASE is 0, and RMP_END is {:#x}.", std::uint64_t{*end_reading})};
    }
    const auto syscfg = cpu.Reading(kSyscfg);
    if (syscfg && kSyscfg["SNPE"].IsSet(*syscfg)) {
      return {Outcome::kFail, "SEV-SNP is on, and no memory is reserved for the RMP.",
              kReserveRemedy};
    }
    return {Outcome::kNotApplicable, "Firmware reserved no memory for the RMP.", kReserveRemedy};
  }
  if (registers::PresenceOf(cpu.registers(), kRmpCfg) != Presence::kAbsent) {
    const auto shape = cpu.Reading(kRmpCfg);
    if (!shape) return NotReadOf(kRmpCfg, shape.error());
    if (kRmpCfg["SEGMENTED_RMP_EN"].IsSet(*shape)) {
      *bounds = {*base_reading, 0, 1};
      return {Outcome::kPass, fmt::format("The RMP is segmented; its table is at {:#x}.", base)};
    }
  }
  if (!end_reading) return NotReadOf(kRmpEnd, end_reading.error());
  // The low 13 bits of RMP_END are ones: units of 8 KiB.
  if (base >= (*end_reading & kRmpEnd["END"].mask())) {
    return {Outcome::kFail, fmt::format("RMP_BASE ({:#x}) is not below RMP_END ({:#x}).",
                                        std::uint64_t{*base_reading}, std::uint64_t{*end_reading})};
  }
  *bounds = {*base_reading, *end_reading, 0};
  return {Outcome::kPass, fmt::format("The RMP is at {}.", Describe(*bounds))};
}

// What each CPU says must make sense, and then all must say the same.
std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  Findings findings(rule);
  std::map<Bounds, CpuGathering> tables;  // CPUs without one among them
  std::map<Bounds, Opinion> says;
  std::vector<Evidence> evidence;
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const CheckedCpu cpu(rule, alike.registers, SettingsOf(rule, input));
    Bounds bounds{};
    Opinion opinion = OnKnownBits(cpu, CheckBounds(cpu, &bounds));
    if (opinion.unread) {
      findings.AddUnread(alike.cpus, opinion.message, *opinion.unread, alike.registers);
      return;
    }
    if (opinion.outcome == Outcome::kFail) {
      findings.Add(alike.cpus, opinion, alike.registers);
      return;
    }
    says.try_emplace(bounds, std::move(opinion));
    tables[bounds].Add(alike.cpus);
    AddEvidence(alike.registers, kRmpBase, &evidence);
    AddEvidence(alike.registers, kRmpEnd, &evidence);
  });
  std::vector<Finding> judged;
  if (tables.size() == 1) {
    const auto& [bounds, cpus] = *tables.begin();
    const Opinion& opinion = says.at(bounds);
    judged.push_back(MakeFinding(rule, opinion.outcome, cpus.Together(), opinion.message));
    judged.back().remedy = opinion.remedy;
  } else if (tables.size() > 1) {
    std::vector<CpuSet> camps;
    std::string message = "The RMP's bounds differ:";
    for (const auto& [bounds, cpus] : tables) {
      message += fmt::format("{} {} on CPUs {}", camps.empty() ? "" : ",", Describe(bounds),
                             cpus.Together().ToString());
      camps.push_back(cpus.Together());
    }
    judged.push_back(MakeFinding(rule, Outcome::kFail, OutsideLargest(camps), message + "."));
    judged.back().remedy = rule.remedy;
  }
  if (!judged.empty()) judged.back().evidence = std::move(evidence);
  return Joined(std::move(judged), &findings);
}

}  // namespace

const Rule kAmdRmp{.id = "amd.rmp.bounds",
                   .title = "Memory is reserved for SEV-SNP's reverse map table, the same for all",
                   .spec = "[amd/apm-vol2] 15.36.4",
                   .severity = Severity::kHigh,
                   .remedy =
                       "Update the firmware, which alone sets these registers, on every CPU; if "
                       "it stays, give the vendor a recording (vtprobe record).",
                   .msrs = {&kSyscfg, &kRmpBase, &kRmpEnd, &kRmpCfg},
                   .leaves_out_absent = true,
                   .decides_unread = true,
                   .otherwise = "These CPUs do not offer SEV-SNP.",
                   .applies = &kOffersSnp,
                   .judge = Judge};

}  // namespace vtprobe::rules
