// Registers that must read the same on all CPUs of one core type: a difference
// means that firmware (or a microcode update) reached some CPUs and not others.
// One table, since the rules differ in nothing but the register.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "rules/core_type.h"
#include "rules/rules.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::rules {
namespace {

// What is compared, and on which bits by vendor.
struct UniformRegister {
  const MsrDef& msr;
  std::uint64_t intel_mask;
  std::uint64_t amd_mask;
};

struct Comparison {
  std::map<CoreType, std::map<std::uint64_t, CpuSet>> values;
  std::map<AccessCode, CpuSet> failed;
  std::vector<Evidence> evidence;
  bool absent = true;  // no CPU has the register
};

std::uint64_t MaskFor(const UniformRegister& uniform, const RegisterView& cpu) {
  return registers::AmdCompatible(cpu) == Presence::kPresent ? uniform.amd_mask
                                                             : uniform.intel_mask;
}

Comparison Compare(const PlatformSnapshot& snapshot, const UniformRegister& uniform) {
  Selection selection = registers::FeatureRegisters();
  selection.Add(uniform.msr.address);
  Comparison comparison;
  for (const SnapshotRow& row : snapshot.Rows(selection)) {
    if (uniform.msr.present(row) == Presence::kAbsent) continue;
    comparison.absent = false;
    const MsrReading reading = row.Msr(uniform.msr.address);
    if (reading) {
      const std::uint64_t compared = *reading & MaskFor(uniform, row);
      CpuSet& cpus = comparison.values[CoreTypeOf(row)][compared];
      cpus = cpus.Union(row.cpus());
    } else {
      CpuSet& cpus = comparison.failed[reading.error()];
      cpus = cpus.Union(row.cpus());
    }
    const Evidence evidence = EvidenceOf(row, uniform.msr);
    if (std::find(comparison.evidence.begin(), comparison.evidence.end(), evidence) ==
        comparison.evidence.end()) {
      comparison.evidence.push_back(evidence);
    }
  }
  return comparison;
}

bool Differs(const Comparison& comparison) {
  return std::any_of(comparison.values.begin(), comparison.values.end(),
                     [](const auto& type) { return type.first && type.second.size() > 1; });
}

// CPUs of a hybrid whose types are not known, with values that the types may
// explain.
CpuSet Unexplained(const Comparison& comparison) {
  const auto unread = comparison.values.find(std::nullopt);
  CpuSet cpus;
  if (unread == comparison.values.end() || unread->second.size() < 2) return cpus;
  for (const auto& [value, with_value] : unread->second) cpus = cpus.Union(with_value);
  return cpus;
}

Finding Mismatch(const Rule& rule, const UniformRegister& uniform, const Comparison& comparison) {
  CpuSet outside;
  std::vector<std::string> parts;
  for (const auto& [type, by_value] : comparison.values) {
    if (!type || by_value.size() < 2) continue;
    std::vector<CpuSet> camps;
    for (const auto& [value, cpus] : by_value) {
      camps.push_back(cpus);
      parts.push_back(fmt::format("{:#x} on {}", value, cpus.ToString()));
    }
    outside = outside.Union(OutsideLargest(camps));
  }
  Finding finding = MakeFinding(rule, Outcome::kWarn, outside,
                                fmt::format("{} differs between CPUs of one core type: {}.",
                                            uniform.msr.name, fmt::join(parts, ", ")));
  finding.evidence = comparison.evidence;
  finding.remedy =
      "Update the firmware, which sets this register on every CPU; if it stays, give the vendor a "
      "recording (vtprobe record).";
  return finding;
}

Finding Unread(const Rule& rule, const UniformRegister& uniform, const Comparison& comparison) {
  CpuSet cpus;
  std::vector<std::string> reasons;
  std::vector<std::string> advice;
  for (const auto& [code, failed] : comparison.failed) {
    cpus = cpus.Union(failed);
    reasons.push_back(fmt::format("{} ({})", failed.ToString(), Name(code)));
    advice.emplace_back(Advise(code));
  }
  Finding finding = MakeFinding(
      rule, Outcome::kIndeterminate, cpus,
      fmt::format("{} could not be read on CPUs {}.", uniform.msr.name, fmt::join(reasons, ", ")));
  finding.evidence = comparison.evidence;
  finding.remedy = fmt::format("{}", fmt::join(advice, "; "));
  return finding;
}

std::vector<Finding> JudgeUniform(const Rule& rule, const RuleInput& input,
                                  const UniformRegister& uniform) {
  const CpuSet& online = input.snapshot.online();
  const auto not_applicable = [&](std::string message) {
    return std::vector{MakeFinding(rule, Outcome::kNotApplicable, online, std::move(message))};
  };
  if (online.Count() < 2) return not_applicable("There is one CPU at most.");
  const Comparison comparison = Compare(input.snapshot, uniform);
  if (comparison.absent) return not_applicable("These CPUs do not have the register.");

  if (Differs(comparison)) return {Mismatch(rule, uniform, comparison)};
  if (const CpuSet cpus = Unexplained(comparison); !cpus.empty()) {
    Finding finding =
        MakeFinding(rule, Outcome::kIndeterminate, cpus,
                    "The values differ, and which CPUs are of one core type was not read.");
    finding.evidence = comparison.evidence;
    return {finding};
  }
  const bool never_asked = comparison.values.empty() && comparison.failed.size() == 1 &&
                           comparison.failed.contains(AccessCode::kNotRecorded);
  if (never_asked) return not_applicable("The recording does not hold the register.");
  if (!comparison.failed.empty()) return {Unread(rule, uniform, comparison)};
  return {
      MakeFinding(rule, Outcome::kPass, online,
                  fmt::format("{} is the same on all CPUs of one core type.", uniform.msr.name))};
}

constexpr std::uint64_t kAll = ~std::uint64_t{0};

template <const MsrDef& kMsr, std::uint64_t kIntelMask = kAll, std::uint64_t kAmdMask = kAll>
constexpr Rule Uniform(std::string_view id, std::string_view title) {
  return {.id = id,
          .title = title,
          .spec = kMsr.spec,
          .severity = Severity::kMedium,
          .reads =
              [](Selection* selection) {
                selection->Add(registers::FeatureRegisters());
                selection->Add(kMsr.address);
              },
          .judge =
              [](const Rule& rule, const RuleInput& input) {
                return JudgeUniform(rule, input, {kMsr, kIntelMask, kAmdMask});
              }};
}

using registers::kBiosSignId;

}  // namespace

const Rule kUniformBiosSignId =
    Uniform<registers::kBiosSignId, kBiosSignId["MICROCODE_REVISION"].mask(),
            kBiosSignId["PATCH_LEVEL"].mask()>("uniform.ia32_bios_sign_id",
                                               "Every CPU runs the same microcode");
const Rule kUniformArchCapabilities = Uniform<registers::kArchCapabilities>(
    "uniform.ia32_arch_capabilities", "Every CPU announces the same speculation capabilities");
const Rule kUniformMiscEnable = Uniform<registers::kMiscEnable>(
    "uniform.ia32_misc_enable", "Every CPU has the same miscellaneous features switched on");
const Rule kUniformVmxProcbasedCtls2 = Uniform<registers::kVmxProcbasedCtls2>(
    "uniform.ia32_vmx_procbased_ctls2",
    "Every CPU offers the same secondary VM-execution controls");

}  // namespace vtprobe::rules
