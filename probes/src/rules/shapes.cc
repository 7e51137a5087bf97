#include "rules/shapes.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "rules/core_type.h"
#include "rules/each_cpu.h"

namespace vtprobe::rules {
namespace {

// The field that a mask stands for, by name; of bits without one, their mask.
std::string NameOf(const MsrDef& msr, std::uint64_t mask) {
  for (const Field& field : msr.fields) {
    if (field.mask() == mask) return std::string(field.name);
  }
  return fmt::format("bits {:#x} of {}", mask, msr.name);
}

const MsrDef& LastMsr(const Rule& rule) { return **(rule.msrs.end() - 1); }

// CPUs that read the same of what is compared.
using ByValue = std::map<std::uint64_t, CpuGathering>;

// More values than these are counted.
constexpr std::size_t kMaxListed = 8;

std::string Listed(const ByValue& values) {
  std::vector<std::string> parts;
  for (const auto& [value, cpus] : values) {
    if (parts.size() == kMaxListed) {
      parts.push_back(fmt::format("{} more values", values.size() - kMaxListed));
      break;
    }
    parts.push_back(fmt::format("{:#x} on {}", value, cpus.Together().ToString()));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<CpuSet> Camps(const ByValue& values) {
  std::vector<CpuSet> camps;
  for (const auto& [value, cpus] : values) camps.push_back(cpus.Together());
  return camps;
}

// The findings about the CPUs that were compared, and then those about the
// others; the latter alone if there were none to compare.
std::vector<Finding> Joined(std::vector<Finding> compared, Findings* others) {
  if (!compared.empty() && others->empty()) return compared;
  for (Finding& finding : others->Take()) compared.push_back(std::move(finding));
  return compared;
}

}  // namespace

Opinion ExpectBits(const CheckedCpu& cpu, const MsrDef& msr, std::uint64_t ones,
                   std::uint64_t zeros) {
  const std::uint64_t value = cpu[msr];
  const std::uint64_t wrong = (~value & ones) | (value & zeros);
  if (wrong == 0) return {};
  std::vector<std::string> parts;
  for (const Field& field : msr.fields) {
    if ((wrong & field.mask()) == 0) continue;
    const std::uint64_t expected = field.Extract(ones);
    parts.push_back(
        fmt::format("{} is {:#x} and should be {:#x}", field.name, field.Extract(value), expected));
  }
  if ((wrong & ~msr.fields.mask()) != 0) {
    parts.push_back(fmt::format("reserved bits {:#x} are wrong", wrong & ~msr.fields.mask()));
  }
  return {Outcome::kFail, fmt::format("{}: {}.", msr.name, fmt::join(parts, ", "))};
}

std::vector<Finding> JudgeSwitch(const Rule& rule, const RuleInput& input, std::uint64_t mask) {
  const MsrDef& msr = LastMsr(rule);
  const std::string name = NameOf(msr, mask);
  const Settings& settings = SettingsOf(rule, input);
  ByValue values;
  std::vector<Evidence> evidence;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const CheckedCpu cpu(rule, alike.registers, settings);
    const bool is_on = (cpu[msr] & mask) != 0;
    const std::string_view expected = cpu.Choice("expect");
    if (expected == "any") {
      values[is_on ? 1 : 0].Add(alike.cpus);
      AddEvidence(alike.registers, msr, &evidence);
      return;
    }
    const bool as_expected = is_on == (expected == "on");
    findings.Add(alike.cpus,
                 {as_expected ? Outcome::kPass : Outcome::kFail,
                  fmt::format("{} is {}{}.", name, is_on ? "on" : "off",
                              as_expected ? ", as it should be"
                                          : fmt::format(" and should be {}", expected))},
                 alike.registers);
  });
  std::vector<Finding> compared;
  if (values.size() == 1) {
    const auto& [value, cpus] = *values.begin();
    compared.push_back(
        MakeFinding(rule, Outcome::kPass, cpus.Together(),
                    fmt::format("{} is {} on each of these CPUs.", name, value ? "on" : "off")));
    compared.back().evidence = std::move(evidence);
  } else if (values.size() > 1) {
    compared.push_back(
        MakeFinding(rule, Outcome::kFail, OutsideLargest(Camps(values)),
                    fmt::format("{} is off on CPUs {} and on on CPUs {}.", name,
                                values[0].Together().ToString(), values[1].Together().ToString())));
    compared.back().evidence = std::move(evidence);
    compared.back().remedy = rule.remedy;
  }
  return Joined(std::move(compared), &findings);
}

std::vector<Finding> JudgeUniform(const Rule& rule, const RuleInput& input,
                                  std::uint64_t (*mask)(const RegisterView& cpu)) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() == 1) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, "There is one CPU only.")};
  }
  const MsrDef& msr = LastMsr(rule);
  std::map<CoreType, ByValue> by_type;
  CpuGathering read;
  std::vector<Evidence> evidence;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const std::uint64_t compared = *alike.registers.Msr(msr.address) & mask(alike.registers);
    by_type[CoreTypeOf(alike.registers)][compared].Add(alike.cpus);
    read.Add(alike.cpus);
    AddEvidence(alike.registers, msr, &evidence);
  });
  if (read.empty()) return findings.Take();

  Finding finding =
      MakeFinding(rule, Outcome::kPass, read.Together(),
                  fmt::format("{} is the same on all CPUs of one core type.", msr.name));
  finding.evidence = std::move(evidence);
  CpuSet outside;
  std::vector<std::string> parts;
  for (const auto& [type, values] : by_type) {
    if (!type || values.size() < 2) continue;
    outside = outside.Union(OutsideLargest(Camps(values)));
    parts.push_back(Listed(values));
  }
  const auto unknown_type = by_type.find(std::nullopt);
  if (!outside.empty()) {
    finding.outcome = Outcome::kFail;
    finding.cpus = outside;
    finding.message = fmt::format("{} differs between CPUs of one core type: {}.", msr.name,
                                  fmt::join(parts, ", "));
    finding.remedy = rule.remedy;
  } else if (unknown_type != by_type.end() && unknown_type->second.size() > 1) {
    CpuGathering cpus;
    for (const CpuSet& camp : Camps(unknown_type->second)) cpus.Add(camp);
    finding.outcome = Outcome::kIndeterminate;
    finding.cpus = cpus.Together();
    finding.message = "The values differ, and which CPUs are of one core type was not read.";
    finding.unread = AccessCode::kNotRecorded;
  }
  return Joined({std::move(finding)}, &findings);
}

}  // namespace vtprobe::rules
