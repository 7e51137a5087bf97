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

// The field that a mask stands for; null if it is no single one.
const Field* FieldOf(const MsrDef& msr, std::uint64_t mask) {
  for (const Field& field : msr.fields) {
    if (field.mask() == mask) return &field;
  }
  return nullptr;
}

// By the field's name; of bits without one, their mask.
std::string NameOf(const MsrDef& msr, std::uint64_t mask) {
  const Field* const field = FieldOf(msr, mask);
  return field == nullptr ? fmt::format("bits {:#x} of {}", mask, msr.name)
                          : std::string(field->name);
}

const MsrDef& LastMsr(const Rule& rule) { return **(rule.msrs.end() - 1); }

// CPUs that read the same of what is compared.
using ByValue = std::map<std::uint64_t, CpuGathering>;

// More values than these are counted.
constexpr std::size_t kMaxListed = 8;

// The values' bits from `low` on.
std::string Listed(const ByValue& values, unsigned low) {
  std::vector<std::string> parts;
  for (const auto& [value, cpus] : values) {
    if (parts.size() == kMaxListed) {
      parts.push_back(fmt::format("{} more values", values.size() - kMaxListed));
      break;
    }
    parts.push_back(fmt::format("{:#x} on {}", value >> low, cpus.Together().ToString()));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<CpuSet> Camps(const ByValue& values) {
  std::vector<CpuSet> camps;
  for (const auto& [value, cpus] : values) camps.push_back(cpus.Together());
  return camps;
}

// What CPUs read of one register that should read the same.
struct Comparison {
  const MsrDef& msr;
  std::uint64_t bits = 0;  // that are compared
  std::map<CoreType, ByValue> by_type;
  std::vector<Evidence> evidence;
};

void Append(const std::vector<Evidence>& some, std::vector<Evidence>* all) {
  all->insert(all->end(), some.begin(), some.end());
}

// The finding about CPUs of which the registers were compared.
Finding Compared(const Rule& rule, const std::vector<Comparison>& comparisons, CpuSet cpus) {
  CpuSet outside;
  CpuSet of_unknown_type;
  std::vector<std::string> parts;
  Finding finding =
      MakeFinding(rule, Outcome::kPass, std::move(cpus),
                  fmt::format("{} on all CPUs of one core type.",
                              comparisons.size() == 1
                                  ? fmt::format("{} is the same", comparisons.front().msr.name)
                                  : "These registers are the same"));
  for (const auto& [msr, bits, by_type, evidence] : comparisons) {
    const Field* const field = FieldOf(msr, bits);
    for (const auto& [type, values] : by_type) {
      if (values.size() < 2) continue;
      if (!type) {
        for (const CpuSet& camp : Camps(values)) of_unknown_type = of_unknown_type.Union(camp);
        continue;
      }
      outside = outside.Union(OutsideLargest(Camps(values)));
      parts.push_back(fmt::format("{}{} differs between CPUs of one core type: {}", msr.name,
                                  field == nullptr ? "" : fmt::format(".{}", field->name),
                                  Listed(values, field == nullptr ? 0 : field->low)));
      Append(evidence, &finding.evidence);
    }
  }
  if (!outside.empty()) {
    finding.outcome = Outcome::kFail;
    finding.cpus = std::move(outside);
    finding.message = fmt::format("{}.", fmt::join(parts, "; "));
    finding.remedy = rule.remedy;
    return finding;
  }
  for (const Comparison& comparison : comparisons) Append(comparison.evidence, &finding.evidence);
  if (!of_unknown_type.empty()) {
    finding.outcome = Outcome::kIndeterminate;
    finding.cpus = std::move(of_unknown_type);
    finding.message = "The values differ, and which CPUs are of one core type was not read.";
    finding.unread = AccessCode::kNotRecorded;
  }
  return finding;
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

std::vector<Finding> JudgeSwitch(
    const Rule& rule, const RuleInput& input, std::string_view name,
    const std::function<SwitchPosition(const CheckedCpu& cpu)>& position) {
  const Settings& settings = SettingsOf(rule, input);
  ByValue values;
  std::vector<Evidence> evidence;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const CheckedCpu cpu(rule, alike.registers, settings);
    const SwitchPosition found = position(cpu);
    const std::string_view on_or_off = found.is_on ? "on" : "off";
    const std::string_view expected = cpu.Choice("expect");
    const bool as_expected = expected == "any" || expected == on_or_off;
    if (found.odd.outcome == Outcome::kFail ||
        (found.odd.outcome != Outcome::kPass && as_expected)) {
      findings.Add(alike.cpus, found.odd, alike.registers);
    } else if (expected == "any") {
      values[found.is_on ? 1 : 0].Add(alike.cpus);
      for (const MsrDef* const msr : rule.msrs) AddEvidence(alike.registers, *msr, &evidence);
    } else {
      findings.Add(alike.cpus,
                   {as_expected ? Outcome::kPass : Outcome::kFail,
                    fmt::format("{} is {}{}.", name, on_or_off,
                                as_expected ? ", as it should be"
                                            : fmt::format(" and should be {}", expected))},
                   alike.registers);
    }
  });
  std::vector<Finding> compared;
  if (values.size() == 1) {
    const auto& [value, cpus] = *values.begin();
    compared.push_back(MakeFinding(
        rule, Outcome::kPass, cpus.Together(),
        fmt::format("{} is {} on each of these CPUs.", name, value != 0 ? "on" : "off")));
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

std::vector<Finding> JudgeSwitch(const Rule& rule, const RuleInput& input, std::uint64_t mask) {
  const MsrDef& msr = LastMsr(rule);
  return JudgeSwitch(rule, input, NameOf(msr, mask), [&](const CheckedCpu& cpu) {
    return SwitchPosition{(cpu[msr] & mask) != 0, {}};
  });
}

std::vector<Finding> JudgeAllUniform(const Rule& rule, const RuleInput& input,
                                     const ComparedBits& mask) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() == 1) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, "There is one CPU only.")};
  }
  std::vector<Comparison> comparisons;
  for (const MsrDef* const msr : rule.msrs) comparisons.push_back({*msr, 0, {}, {}});
  CpuGathering compared;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const CoreType type = CoreTypeOf(alike.registers);
    for (Comparison& comparison : comparisons) {
      const MsrReading value = alike.registers.Msr(comparison.msr.address);
      if (!value) continue;  // a register that is left out
      const std::uint64_t bits = mask(alike.registers, comparison.msr);
      comparison.bits |= bits;
      comparison.by_type[type][*value & bits].Add(alike.cpus);
      if (bits != 0) AddEvidence(alike.registers, comparison.msr, &comparison.evidence);
    }
    compared.Add(alike.cpus);
  });
  if (compared.empty()) return findings.Take();
  return Joined({Compared(rule, comparisons, compared.Together())}, &findings);
}

std::vector<Finding> JudgeUniform(const Rule& rule, const RuleInput& input,
                                  std::uint64_t (*mask)(const RegisterView& cpu)) {
  return JudgeAllUniform(rule, input, [&](const RegisterView& cpu, const MsrDef& msr) {
    return &msr == &LastMsr(rule) ? mask(cpu) : 0;
  });
}

}  // namespace vtprobe::rules
