#include "common_rules.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "alike_cpus.h"
#include "settings.h"
#include "uniformity.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/hal/hex.h"
#include "vtprobe/probes/expectations.h"

namespace vtprobe::rules {
namespace {

// By the field's name; of bits without one, their mask.
std::string NameOf(const MsrDef& msr, std::uint64_t mask) {
  const Field* const field = FieldOf(msr, mask);
  return field == nullptr ? fmt::format("bits {:#x} of {}", mask, msr.name)
                          : std::string(field->name);
}

const MsrDef& LastMsr(const Rule& rule) { return **(rule.msrs.end() - 1); }

// The finding about CPUs on which a switch has the same position. One alone
// tells nothing of others, which are not there or were not read.
Finding AllTheSame(const Rule& rule, const RuleInput& input, CpuSet cpus,
                   const std::string& position, std::optional<AccessCode> unread) {
  if (cpus.Count() > 1 || (!unread && input.snapshot.online().Count() > 1)) {
    return MakeFinding(rule, Outcome::kPass, std::move(cpus), position + " on each of these CPUs.");
  }
  if (!unread) {
    return MakeFinding(rule, Outcome::kNotApplicable, std::move(cpus),
                       fmt::format("{}. {}", position, kOneCpu));
  }
  Finding finding =
      MakeFinding(rule, Outcome::kIndeterminate, std::move(cpus),
                  position + " on this CPU alone: there is nothing to compare it with.");
  finding.unread = unread;
  finding.remedy = Advise(*unread);
  return finding;
}

// Where a list of two has what is said of a switch in this position.
std::size_t PlaceOf(bool is_on) { return is_on ? 1 : 0; }

// What is thought of a switch that is off, and of one that is on.
std::array<Opinion, 2> OpinionsOfSwitch(std::string_view name, std::string_view expected) {
  std::array<Opinion, 2> opinions;
  for (const std::string_view position : {"off", "on"}) {
    opinions.at(PlaceOf(position == "on")) =
        position == expected
            ? Opinion{Outcome::kPass, fmt::format("{} is {}, as it should be.", name, position)}
            : Opinion{Outcome::kFail,
                      fmt::format("{} is {} and should be {}.", name, position, expected)};
  }
  return opinions;
}

Finding SwitchedOnSome(const Rule& rule, std::string_view name, const CpuSet& off,
                       const CpuSet& on) {
  Finding finding = MakeFinding(
      rule, Outcome::kFail, OutsideLargest({off, on}),
      fmt::format("{} is off on CPUs {} and on on CPUs {}.", name, off.ToString(), on.ToString()));
  finding.remedy = rule.remedy;
  return finding;
}

// CPUs by the position of their switch, off and on.
struct Positions {
  std::array<CpuGathering, 2> cpus;
  std::vector<Evidence> evidence;

  void Add(const Rule& rule, const AlikeCpus& alike, bool is_on) {
    cpus.at(PlaceOf(is_on)).Add(alike.cpus);
    for (const MsrDef* const msr : rule.msrs) AddEvidence(alike.registers, *msr, &evidence);
  }
  CpuSet At(bool is_on) const { return cpus.at(PlaceOf(is_on)).Together(); }
};

// Of CPUs of which none is expected to be on or off: whether they are alike.
// There is a warning of `odd` ones, which are compared all the same; where they
// differ from others, that is what there is to say.
std::vector<Finding> Compared(const Rule& rule, const RuleInput& input, std::string_view name,
                              const Positions& plain, const Positions& odd, Findings* warnings,
                              std::optional<AccessCode> unread) {
  const CpuSet off = plain.At(false).Union(odd.At(false));
  const CpuSet on = plain.At(true).Union(odd.At(true));
  if (!off.empty() && !on.empty()) {
    Finding finding = SwitchedOnSome(rule, name, off, on);
    finding.evidence = plain.evidence;
    finding.evidence.insert(finding.evidence.end(), odd.evidence.begin(), odd.evidence.end());
    return {std::move(finding)};
  }
  std::vector<Finding> findings;
  const bool is_on = off.empty();
  if (CpuSet same = plain.At(is_on); !same.empty()) {
    findings.push_back(AllTheSame(rule, input, std::move(same),
                                  fmt::format("{} is {}", name, is_on ? "on" : "off"), unread));
    findings.back().evidence = plain.evidence;
  }
  return warnings->empty() ? findings : Joined(std::move(findings), warnings);
}

}  // namespace

Opinion ExpectBits(const CheckedCpu& cpu, const MsrDef& msr, std::uint64_t ones,
                   std::uint64_t zeros) {
  const AskedBits value = cpu[msr];
  const std::uint64_t wrong = ((value & ones) ^ ones) | (value & zeros);
  if (wrong == 0) return {};
  std::string text;
  text.reserve(128);
  text.append(msr.name).append(": ");
  const char* separator = "";
  for (const Field& field : msr.fields) {
    if ((wrong & field.mask()) == 0) continue;
    text.append(separator).append(field.name).append(" is ");
    AppendHex(field.Extract(value & field.mask()), &text);
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
  std::array<Opinion, 2> opinions;
  if (!is_any_expected) opinions = OpinionsOfSwitch(name, expected);
  Positions plain;
  Positions odd;
  Findings warnings(rule);
  Findings findings(rule);
  const auto look = [&](const AlikeCpus& alike) {
    const CheckedCpu cpu(rule, alike.registers, settings);
    SwitchPosition found = position(cpu);
    found.odd = OnKnownBits(cpu, std::move(found.odd));
    if (found.odd.unread) {
      findings.AddUnread(alike.cpus, found.odd.message, *found.odd.unread, alike.registers);
      return;
    }
    const bool as_expected = is_any_expected || found.is_on == is_on_expected;
    if (is_any_expected && found.odd.outcome == Outcome::kWarn) {
      odd.Add(rule, alike, found.is_on);
      warnings.Add(alike.cpus, found.odd, alike.registers);
    } else if (found.odd.outcome == Outcome::kFail ||
               (found.odd.outcome != Outcome::kPass && as_expected)) {
      findings.Add(alike.cpus, found.odd, alike.registers);
    } else if (is_any_expected) {
      plain.Add(rule, alike, found.is_on);
    } else {
      Opinion& opinion = opinions.at(PlaceOf(found.is_on));
      opinion.remedy = as_expected ? std::string_view() : found.remedy;
      opinion.follows = as_expected ? std::string_view() : found.follows;
      findings.Add(alike.cpus, opinion, alike.registers);
    }
  };
  ForEachCpu(rule, input, &findings, look, Unread::kInPart);
  return Joined(Compared(rule, input, name, plain, odd, &warnings, findings.FirstUnread()),
                &findings);
}

std::vector<Finding> JudgeOnOff(const Rule& rule, const RuleInput& input, std::uint64_t mask) {
  const MsrDef& msr = LastMsr(rule);
  return JudgeOnOff(rule, input, NameOf(msr, mask),
                    [&](const CheckedCpu& cpu) { return SwitchPosition{(cpu[msr] & mask) != 0}; });
}

std::vector<Finding> JudgeEachButOdd(const Rule& rule, const RuleInput& input,
                                     std::span<const Rule* const> others) {
  std::vector<Finding> findings = JudgeEachCpu(rule, input);
  const auto any = [&](Outcome outcome) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.outcome == outcome; });
  };
  if (!any(Outcome::kFail) || !any(Outcome::kPass)) return findings;
  for (const Rule* const other : others) {
    if (input.profile != nullptr && input.profile->Find(other->id) == nullptr) continue;
    CpuGathering failing;
    for (const Finding& finding : other->judge(*other, input)) {
      if (finding.outcome == Outcome::kFail) failing.Add(finding.cpus);
    }
    const CpuSet odd = failing.Together();
    for (Finding& finding : findings) {
      if (finding.outcome != Outcome::kFail || !odd.Contains(finding.cpus)) continue;
      finding.outcome = Outcome::kNotApplicable;
      finding.follows = other->id;
      finding.message =
          fmt::format("Depends on {}. Other CPUs differ. {}", other->id, finding.message);
      finding.remedy.clear();
    }
  }
  return findings;
}

}  // namespace vtprobe::rules
