#include "shapes.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core_type.h"
#include "each_cpu.h"
#include "settings.h"
#include "vtprobe/hal/hex.h"

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

// CPUs whose registers are compared with those of others.
struct ComparedCpus {
  CpuSet cpus;
  std::size_t count = 0;
};

// What they read of one register, or of some bits of it.
struct ReadBy {
  std::uint64_t value;
  const ComparedCpus* cpus;
};

void AddCpusOf(std::span<const ReadBy> read, CpuGathering* cpus) {
  for (const ReadBy& one : read) cpus->Add(one.cpus->cpus);
}

bool AreAlike(const std::vector<ReadBy>& read) {
  return std::all_of(read.begin(), read.end(),
                     [&](const ReadBy& one) { return one.value == read.front().value; });
}

void SortByValue(std::vector<ReadBy>* read) {
  const auto is_before = [](const ReadBy& a, const ReadBy& b) { return a.value < b.value; };
  // As a rule they are in order.
  if (std::is_sorted(read->begin(), read->end(), is_before)) return;
  std::stable_sort(read->begin(), read->end(), is_before);
}

// Calls with those that read the same value, value by value. There may be as
// many values as CPUs, so they are not kept.
template <typename Visit>
void ForEachCamp(std::span<const ReadBy> sorted, const Visit& visit) {
  while (!sorted.empty()) {
    std::size_t size = 1;
    while (size < sorted.size() && sorted[size].value == sorted.front().value) ++size;
    visit(sorted.first(size));
    sorted = sorted.subspan(size);
  }
}

LargestGroup LargestCamp(std::span<const ReadBy> sorted) {
  LargestGroup largest;
  ForEachCamp(sorted, [&](std::span<const ReadBy> camp) {
    std::size_t cpus = 0;
    for (const ReadBy& one : camp) cpus += one.cpus->count;
    largest.Add(cpus);
  });
  return largest;
}

void AddOutsiders(std::span<const ReadBy> sorted, const LargestGroup& largest, CpuGathering* cpus) {
  std::size_t place = 0;
  ForEachCamp(sorted, [&](std::span<const ReadBy> camp) {
    if (place++ != largest.place()) AddCpusOf(camp, cpus);
  });
}

// More values than these are counted.
constexpr std::size_t kMaxListed = 8;

// The values' bits from `low` on, of so many values.
std::string Listed(std::span<const ReadBy> sorted, std::size_t count, unsigned low) {
  std::vector<std::string> parts;
  ForEachCamp(sorted, [&](std::span<const ReadBy> camp) {
    if (parts.size() == kMaxListed) return;
    CpuGathering cpus;
    AddCpusOf(camp, &cpus);
    parts.push_back(
        fmt::format("{:#x} on {}", camp.front().value >> low, cpus.Together().ToString()));
  });
  if (count > kMaxListed) parts.push_back(fmt::format("{} more values", count - kMaxListed));
  return fmt::format("{}", fmt::join(parts, ", "));
}

// What CPUs read of one register that should read the same.
struct Comparison {
  const MsrDef& msr;
  std::uint64_t bits = 0;               // that are compared
  std::uint64_t bits_of_kind = 0;       // of the CPUs at hand
  std::vector<ReadBy>* read = nullptr;  // by those of their core type
  std::map<CoreType, std::vector<ReadBy>> by_type{};
  std::vector<Evidence> evidence{};
};

void Append(const std::vector<Evidence>& some, std::vector<Evidence>* all) {
  all->insert(all->end(), some.begin(), some.end());
}

// The finding about CPUs of which the registers were compared.
Finding Compared(const Rule& rule, std::vector<Comparison>* comparisons, CpuSet cpus) {
  CpuGathering outside;
  CpuGathering of_unknown_type;
  std::vector<std::string> parts;
  Finding finding =
      MakeFinding(rule, Outcome::kPass, std::move(cpus),
                  fmt::format("{} on all CPUs of one core type.",
                              comparisons->size() == 1
                                  ? fmt::format("{} is the same", comparisons->front().msr.name)
                                  : "These registers are the same"));
  for (Comparison& comparison : *comparisons) {
    const MsrDef& msr = comparison.msr;
    const Field* const field = FieldOf(msr, comparison.bits);
    for (auto& [type, read] : comparison.by_type) {
      if (AreAlike(read)) continue;
      if (!type) {
        AddCpusOf(read, &of_unknown_type);
        continue;
      }
      SortByValue(&read);
      const LargestGroup largest = LargestCamp(read);
      AddOutsiders(read, largest, &outside);
      parts.push_back(
          fmt::format("{}{} differs between CPUs of one core type: {}", msr.name,
                      field == nullptr ? "" : fmt::format(".{}", field->name),
                      Listed(read, largest.count(), field == nullptr ? 0 : field->low)));
      Append(comparison.evidence, &finding.evidence);
    }
  }
  if (!outside.empty()) {
    finding.outcome = Outcome::kFail;
    finding.cpus = outside.Together();
    finding.message = fmt::format("{}.", fmt::join(parts, "; "));
    finding.remedy = rule.remedy;
    return finding;
  }
  for (const Comparison& comparison : *comparisons) Append(comparison.evidence, &finding.evidence);
  if (!of_unknown_type.empty()) {
    finding.outcome = Outcome::kIndeterminate;
    finding.cpus = of_unknown_type.Together();
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

// Where a list of two has what is said of a switch in this position.
std::size_t PlaceOf(bool is_on) { return is_on ? 1 : 0; }

}  // namespace

Opinion ExpectBits(const CheckedCpu& cpu, const MsrDef& msr, std::uint64_t ones,
                   std::uint64_t zeros) {
  const std::uint64_t value = cpu[msr];
  const std::uint64_t wrong = (~value & ones) | (value & zeros);
  if (wrong == 0) return {};
  std::string text;
  text.reserve(128);
  text.append(msr.name).append(": ");
  const char* separator = "";
  for (const Field& field : msr.fields) {
    if ((wrong & field.mask()) == 0) continue;
    text.append(separator).append(field.name).append(" is ");
    AppendHex(field.Extract(value), &text);
    text.append(" and should be ");
    AppendHex(field.Extract(ones), &text);
    separator = ", ";
  }
  if ((wrong & ~msr.fields.mask()) != 0) {
    text.append(separator).append("reserved bits ");
    AppendHex(wrong & ~msr.fields.mask(), &text);
    text.append(" are wrong");
  }
  text += '.';
  return {Outcome::kFail, std::move(text)};
}

std::vector<Finding> JudgeOnOff(
    const Rule& rule, const RuleInput& input, std::string_view name,
    const std::function<SwitchPosition(const CheckedCpu& cpu)>& position) {
  const Settings& settings = SettingsOf(rule, input);
  const std::string_view expected = ChoiceOf(rule, settings, "expect");
  const bool is_any_expected = expected == "any";
  const bool is_on_expected = expected == "on";
  // Of a switch that is off, and of one that is on.
  std::array<Opinion, 2> opinions;
  std::array<CpuGathering, 2> positions;
  for (const bool is_on : {false, true}) {
    if (is_any_expected) break;
    const std::string_view on_or_off = is_on ? "on" : "off";
    opinions.at(PlaceOf(is_on)) =
        is_on == is_on_expected
            ? Opinion{Outcome::kPass, fmt::format("{} is {}, as it should be.", name, on_or_off)}
            : Opinion{Outcome::kFail,
                      fmt::format("{} is {} and should be {}.", name, on_or_off, expected)};
  }
  std::vector<Evidence> evidence;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const SwitchPosition found = position(CheckedCpu(rule, alike.registers, settings));
    const bool as_expected = is_any_expected || found.is_on == is_on_expected;
    if (found.odd.outcome == Outcome::kFail ||
        (found.odd.outcome != Outcome::kPass && as_expected)) {
      findings.Add(alike.cpus, found.odd, alike.registers);
    } else if (is_any_expected) {
      positions.at(PlaceOf(found.is_on)).Add(alike.cpus);
      for (const MsrDef* const msr : rule.msrs) AddEvidence(alike.registers, *msr, &evidence);
    } else {
      findings.Add(alike.cpus, opinions.at(PlaceOf(found.is_on)), alike.registers);
    }
  });
  const auto& [off, on] = positions;
  std::vector<Finding> compared;
  if (off.empty() != on.empty()) {
    compared.push_back(MakeFinding(
        rule, Outcome::kPass, (on.empty() ? off : on).Together(),
        fmt::format("{} is {} on each of these CPUs.", name, on.empty() ? "off" : "on")));
  } else if (!on.empty()) {
    const CpuSet cpus_off = off.Together();
    const CpuSet cpus_on = on.Together();
    compared.push_back(MakeFinding(rule, Outcome::kFail, OutsideLargest({cpus_off, cpus_on}),
                                   fmt::format("{} is off on CPUs {} and on on CPUs {}.", name,
                                               cpus_off.ToString(), cpus_on.ToString())));
    compared.back().remedy = rule.remedy;
  }
  if (!compared.empty()) compared.back().evidence = std::move(evidence);
  return Joined(std::move(compared), &findings);
}

std::vector<Finding> JudgeOnOff(const Rule& rule, const RuleInput& input, std::uint64_t mask) {
  const MsrDef& msr = LastMsr(rule);
  return JudgeOnOff(rule, input, NameOf(msr, mask), [&](const CheckedCpu& cpu) {
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
  comparisons.reserve(rule.msrs.size());
  for (const MsrDef* const msr : rule.msrs) comparisons.push_back({.msr = *msr});
  std::deque<ComparedCpus> compared;
  const RegisterView* kind = nullptr;
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    if (kind != &alike.kind) {
      kind = &alike.kind;
      const CoreType type = CoreTypeOf(*kind);
      for (Comparison& comparison : comparisons) {
        comparison.bits_of_kind = mask(*kind, comparison.msr);
        comparison.read = &comparison.by_type[type];
      }
    }
    const ComparedCpus& cpus = compared.emplace_back(ComparedCpus{alike.cpus, alike.cpus.Count()});
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
      const MsrReading& value = alike.readings[i];
      if (!value) continue;  // a register that is left out
      Comparison& comparison = comparisons[i];
      comparison.bits |= comparison.bits_of_kind;
      comparison.read->push_back({*value & comparison.bits_of_kind, &cpus});
      if (comparison.bits_of_kind != 0) {
        AddEvidence(alike.registers, comparison.msr, &comparison.evidence);
      }
    }
  });
  if (compared.empty()) return findings.Take();
  CpuGathering together;
  for (const ComparedCpus& some : compared) together.Add(some.cpus);
  return Joined({Compared(rule, &comparisons, together.Together())}, &findings);
}

std::vector<Finding> JudgeUniform(const Rule& rule, const RuleInput& input,
                                  std::uint64_t (*mask)(const RegisterView& kind)) {
  return JudgeAllUniform(rule, input, [&](const RegisterView& kind, const MsrDef& msr) {
    return &msr == &LastMsr(rule) ? mask(kind) : 0;
  });
}

}  // namespace vtprobe::rules
