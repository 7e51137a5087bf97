// SEV-SNP keeps a table of who owns which page, the RMP, in memory that firmware
// reserves. Its bounds must make sense and be the same for every CPU, or SNP
// can't be switched on. With RMP_CFG's bit 0 the table is segmented: RMP_BASE is
// all there is, and RMP_END stays 0.

#include <fmt/format.h>

#include <array>
#include <map>

#include "each_cpu.h"
#include "rules.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kRmpBase;
using registers::kRmpCfg;
using registers::kRmpEnd;
using registers::kSyscfg;

// RMP_BASE, RMP_END, RMP_CFG.
using Bounds = std::array<std::uint64_t, 3>;

Bounds BoundsOf(const CheckedCpu& cpu) {
  return {cpu[kRmpBase], cpu[kRmpEnd], cpu.Optional(kRmpCfg).value_or(0)};
}

std::string Describe(const Bounds& bounds) {
  return fmt::format("{:#x} to {:#x}", bounds[0], bounds[1]);
}

Opinion CheckBounds(const CheckedCpu& cpu) {
  const Bounds bounds = BoundsOf(cpu);
  const std::uint64_t base = bounds[0] & kRmpBase["BASE"].mask();
  const std::uint64_t end = bounds[1] & kRmpEnd["END"].mask();
  const bool segmented = kRmpCfg["SEGMENTED_RMP_EN"].IsSet(bounds[2]);
  if (base == 0 && end == 0) {
    if (kSyscfg["SNPE"].IsSet(cpu[kSyscfg])) {
      return {Outcome::kFail, "SEV-SNP is on, and no memory is reserved for the RMP."};
    }
    return {Outcome::kNotApplicable, "Firmware reserved no memory for the RMP."};
  }
  if (segmented && base != 0) {
    return {Outcome::kPass, fmt::format("The RMP is segmented; its table is at {:#x}.", base)};
  }
  // The low 13 bits of RMP_END read as ones or as zeros: units of 8 KiB.
  if (base == 0 || base >= end) {
    return {Outcome::kFail,
            fmt::format("RMP_BASE ({:#x}) is not below RMP_END ({:#x}).", bounds[0], bounds[1])};
  }
  return {Outcome::kPass, fmt::format("The RMP is at {}.", Describe(bounds))};
}

// What each CPU says must make sense, and then all must say the same.
std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  Findings findings(rule);
  std::map<Bounds, CpuGathering> sound;
  std::vector<Evidence> evidence;
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const CheckedCpu cpu(rule, alike.registers, SettingsOf(rule, input));
    const Opinion opinion = CheckBounds(cpu);
    if (opinion.outcome != Outcome::kPass) {
      findings.Add(alike.cpus, opinion, alike.registers);
      return;
    }
    sound[BoundsOf(cpu)].Add(alike.cpus);
    AddEvidence(alike.registers, kRmpBase, &evidence);
    AddEvidence(alike.registers, kRmpEnd, &evidence);
  });
  std::vector<Finding> judged;
  if (sound.size() == 1) {
    const auto& [bounds, cpus] = *sound.begin();
    judged.push_back(MakeFinding(rule, Outcome::kPass, cpus.Together(),
                                 fmt::format("The RMP is at {}.", Describe(bounds))));
  } else if (sound.size() > 1) {
    std::vector<CpuSet> camps;
    std::string message = "The RMP's bounds differ:";
    for (const auto& [bounds, cpus] : sound) {
      message += fmt::format("{} {} on CPUs {}", camps.empty() ? "" : ",", Describe(bounds),
                             cpus.Together().ToString());
      camps.push_back(cpus.Together());
    }
    judged.push_back(MakeFinding(rule, Outcome::kFail, OutsideLargest(camps), message + "."));
    judged.back().remedy = rule.remedy;
  }
  if (!judged.empty()) judged.back().evidence = std::move(evidence);
  if (judged.empty() || !findings.empty()) {
    for (Finding& finding : findings.Take()) judged.push_back(std::move(finding));
  }
  return judged;
}

}  // namespace

const Rule kAmdRmp{.id = "amd.rmp.bounds",
                   .title = "Memory is reserved for SEV-SNP's reverse map table, the same for all",
                   .spec = "[amd/apm-vol2] 15.36.4",
                   .severity = Severity::kHigh,
                   .remedy =
                       "Set \"SNP Memory (RMP Table) Coverage\" in firmware setup (AMD CBS) "
                       "to enabled, and update the firmware.",
                   .msrs = {&kSyscfg, &kRmpBase, &kRmpEnd, &kRmpCfg},
                   .leaves_out_absent = true,
                   .applies = [](const RegisterView& cpu) { return kRmpBase.present(cpu); },
                   .judge = Judge};

}  // namespace vtprobe::rules
