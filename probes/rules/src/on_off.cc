// A feature that firmware switches: as a profile expects it, or the same on all CPUs.

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "alike_cpus.h"
#include "common_rules.h"
#include "settings.h"
#include "uniformity.h"
#include "vtprobe/hal/cpu_gathering.h"
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

// CPUs whose switch is judged.
class SwitchedCpus {
 public:
  SwitchedCpus(const Rule& rule, const RuleInput& input, std::string_view name)
      : rule_(rule),
        input_(input),
        name_(name),
        settings_(SettingsOf(rule, input)),
        expected_(ChoiceOf(rule, settings_, "expect")),
        warnings_(rule),
        findings_(rule) {
    if (!IsAnyExpected()) opinions_ = OpinionsOfSwitch(name, expected_);
  }

  std::vector<Finding> Judge(const PositionOf& position) {
    const auto think = [&](const AlikeCpus& alike) -> Thought {
      const CheckedCpu cpu(rule_, alike.registers, settings_);
      SwitchPosition found = position(cpu);
      found.odd = OnKnownBits(cpu, std::move(found.odd));
      places_.push_back(PlaceFor(alike, found));
      Compare(places_.back(), alike);
      return {places_.size() - 1, cpu.looked_at()};
    };
    const auto think_the_same = [&](std::size_t number, const AlikeCpus& alike) {
      const Place& place = places_[number];
      Compare(place, alike);
      if (place.of != nullptr) place.of->AddMore(place.said, alike.cpus, alike.registers);
    };
    ForEachThought(rule_, input_, &findings_, {think, think_the_same}, Unread::kInPart);
    return Joined(Compared(rule_, input_, name_, plain_, odd_, &warnings_, findings_.FirstUnread()),
                  &findings_);
  }

 private:
  // Where CPUs go: among those that are compared, to what is said of them, or both.
  struct Place {
    Positions* compared = nullptr;
    bool is_on = false;
    Findings* of = nullptr;
    Findings::Said* said = nullptr;
  };

  bool IsAnyExpected() const { return expected_ == "any"; }

  void Compare(const Place& place, const AlikeCpus& alike) {
    if (place.compared != nullptr) place.compared->Add(rule_, alike, place.is_on);
  }

  // Says what there is to say of CPUs in that position.
  Place PlaceFor(const AlikeCpus& alike, const SwitchPosition& found) {
    const auto say = [&](Findings* of, const Opinion& opinion) {
      return Place{.of = of, .said = of->Add(alike.cpus, opinion, alike.registers)};
    };
    if (found.odd.unread) {
      return {.of = &findings_,
              .said = findings_.AddUnread(alike.cpus, found.odd.message, *found.odd.unread,
                                          alike.registers)};
    }
    const bool as_expected = IsAnyExpected() || found.is_on == (expected_ == "on");
    if (IsAnyExpected() && found.odd.outcome == Outcome::kWarn) {
      Place place = say(&warnings_, found.odd);
      place.compared = &odd_;
      place.is_on = found.is_on;
      return place;
    }
    if (found.odd.outcome == Outcome::kFail ||
        (found.odd.outcome != Outcome::kPass && as_expected)) {
      return say(&findings_, found.odd);
    }
    if (IsAnyExpected()) return {.compared = &plain_, .is_on = found.is_on};
    Opinion& opinion = opinions_.at(PlaceOf(found.is_on));
    opinion.remedy = as_expected ? std::string_view() : found.remedy;
    opinion.follows = as_expected ? std::string_view() : found.follows;
    return say(&findings_, opinion);
  }

  const Rule& rule_;
  const RuleInput& input_;
  const std::string_view name_;
  const Settings& settings_;
  const std::string_view expected_;
  std::array<Opinion, 2> opinions_;
  Positions plain_;
  Positions odd_;
  Findings warnings_;
  Findings findings_;
  std::vector<Place> places_;  // by the thought's number
};

}  // namespace

std::vector<Finding> JudgeOnOff(const Rule& rule, const RuleInput& input, std::string_view name,
                                const PositionOf& position) {
  return SwitchedCpus(rule, input, name).Judge(position);
}

std::vector<Finding> JudgeOnOff(const Rule& rule, const RuleInput& input, std::uint64_t mask) {
  const MsrDef& msr = LastMsr(rule);
  return JudgeOnOff(rule, input, NameOf(msr, mask),
                    [&](const CheckedCpu& cpu) { return SwitchPosition{(cpu[msr] & mask) != 0}; });
}

}  // namespace vtprobe::rules
