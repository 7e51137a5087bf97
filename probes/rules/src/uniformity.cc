#include "uniformity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <utility>

namespace vtprobe::rules {
namespace {

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
struct OfTwins {
  std::vector<ReadBy> read;
  CpuGathering fault;  // the CPUs that say they do not have it
};
struct Comparison {
  const MsrDef& msr;
  std::uint64_t kept = 0;          // what the rule does not leave out
  std::uint64_t bits = 0;          // that are compared
  std::uint64_t bits_of_kind = 0;  // of the CPUs at hand
  OfTwins* of_twins = nullptr;     // of those that they are compared with
  std::map<std::optional<Twins>, OfTwins> by_twins{};
  std::vector<Evidence> evidence{};
};

void Append(const std::vector<Evidence>& some, std::vector<Evidence>* all) {
  all->insert(all->end(), some.begin(), some.end());
}

// The bits that a rule compares of one of its MSRs.
std::uint64_t KeptBits(const Rule& rule, const MsrDef& msr) {
  std::uint64_t kept = ~std::uint64_t{0};
  for (const LeftOut& left_out : rule.left_out) {
    if (left_out.msr == &msr) kept &= ~left_out.mask;
  }
  return kept;
}

// The registers of which a group of CPUs gave no value, in the order of the
// rule, with the reason. Those that may not even be there are not named.
using Missing = std::vector<std::pair<const MsrDef*, AccessCode>>;

// "A and B were not read: no driver. C was not read: ..."
std::string NamesOf(const Missing& missing) {
  std::string text;
  std::vector<AccessCode> codes;
  for (const auto& [msr, code] : missing) {
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  }
  for (const AccessCode code : codes) {
    std::vector<std::string_view> names;
    for (const auto& [msr, why] : missing) {
      if (why == code) names.push_back(msr->name);
    }
    if (!text.empty()) text += ' ';
    if (names.size() == 1) {
      text += NotRead(names.front(), code);
      continue;
    }
    text +=
        fmt::format("{} and {} were not read: {}.", fmt::join(names.begin(), names.end() - 1, ", "),
                    names.back(), Describe(code));
  }
  return text;
}

// CPUs that are compared with each other.
struct Group {
  std::size_t whole_count = 0;  // how many gave every register
  CpuGathering whole;
  std::size_t count = 0;  // how many there are, whatever they gave
};

// Compares CPUs by what they read, register by register.
class UniformCpus {
 public:
  UniformCpus(const Rule& rule, const RuleInput& input, const Uniformity& uniformity)
      : rule_(rule), input_(input), uniformity_(uniformity), findings_(rule) {
    comparisons_.reserve(rule.msrs.size());
    for (const MsrDef* const msr : rule.msrs) {
      comparisons_.push_back({.msr = *msr, .kept = KeptBits(rule, *msr)});
    }
  }

  std::vector<Finding> Judge() {
    ForEachCpu(
        rule_, input_, &findings_, [&](const AlikeCpus& alike) { Look(alike); }, Unread::kVisited);
    if (compared_.empty()) return findings_.Take();
    SayWhatFaults();
    std::vector<Finding> judged;
    if (auto different = WhatDiffers()) {
      judged.push_back(*std::move(different));
    } else {
      judged = WhatIsTheSame();
    }
    if (!findings_.empty()) {
      for (Finding& finding : findings_.Take()) judged.push_back(std::move(finding));
    }
    return judged;
  }

 private:
  // CPUs that say of a register that it is not there.
  struct Faulting {
    CpuSet cpus;
    std::optional<Twins> twins;
    Missing missing;
    std::vector<Evidence> evidence;
  };

  void OpenKind(const RegisterView& kind) {
    kind_ = &kind;
    twins_ = uniformity_.twins(kind);
    group_ = &groups_[twins_];
    for (Comparison& comparison : comparisons_) {
      comparison.bits_of_kind =
          comparison.kept & (uniformity_.bits == nullptr ? ~std::uint64_t{0}
                                                         : uniformity_.bits(kind, comparison.msr));
      comparison.of_twins = &comparison.by_twins[twins_];
    }
  }

  void Look(const AlikeCpus& alike) {
    if (kind_ != &alike.kind) OpenKind(alike.kind);
    const ComparedCpus& cpus = compared_.emplace_back(ComparedCpus{alike.cpus, alike.cpus.Count()});
    bool is_whole = true;
    bool faults = false;
    missing_.clear();
    for (std::size_t i = 0; i < comparisons_.size(); ++i) {
      if (alike.presence[i] == Presence::kAbsent) continue;
      Comparison& comparison = comparisons_[i];
      const MsrReading& value = alike.readings[i];
      if (!value) {
        is_whole = false;
        if (value.error() == AccessCode::kGeneralProtection) {
          comparison.of_twins->fault.Add(alike.cpus);
          faults = true;
        } else if (alike.presence[i] == Presence::kUnknown &&
                   value.error() == AccessCode::kNotRecorded) {
          continue;
        }
        missing_.emplace_back(&comparison.msr, value.error());
        continue;
      }
      InForce in_force;
      if (uniformity_.in_force != nullptr) {
        in_force = uniformity_.in_force(alike, i);
        is_whole = is_whole && in_force.presence != Presence::kUnknown;
        if (in_force.presence != Presence::kPresent) continue;
      }
      comparison.bits |= comparison.bits_of_kind;
      comparison.of_twins->read.push_back(
          {*value & comparison.bits_of_kind & in_force.bits, &cpus});
      if (comparison.bits_of_kind != 0) {
        AddEvidence(alike.registers, comparison.msr, &comparison.evidence);
      }
    }
    if (is_whole) {
      group_->whole.Add(alike.cpus);
      group_->whole_count += cpus.count;
    } else if (faults) {
      NoteFault(alike);
    } else if (missing_.empty()) {
      findings_.AddUnread(alike.cpus, kNotKnownToHave, AccessCode::kNotRecorded, alike.registers);
    } else {
      NameMissing(missing_);
      findings_.AddUnread(alike.cpus, NamesOf(missing_), missing_.front().second, alike.registers);
    }
  }

  void NoteFault(const AlikeCpus& alike) {
    faulting_.push_back({alike.cpus, twins_, missing_, {}});
    for (const auto& [msr, code] : missing_) {
      AddEvidence(alike.registers, *msr, &faulting_.back().evidence);
    }
  }

  void NameMissing(const Missing& missing) {
    for (const auto& one : missing) {
      if (std::find(unread_.begin(), unread_.end(), one) == unread_.end()) unread_.push_back(one);
    }
  }

  static bool IsOnSome(const OfTwins& of_twins) {
    return !of_twins.fault.empty() && !of_twins.read.empty();
  }

  // A fault beside a value is a difference; any other is a register that could
  // not be read.
  void SayWhatFaults() {
    for (Faulting& some : faulting_) {
      std::erase_if(some.missing, [&](const auto& one) {
        if (one.second != AccessCode::kGeneralProtection || !some.twins) return false;
        const auto comparison =
            std::find_if(comparisons_.begin(), comparisons_.end(),
                         [&](const Comparison& each) { return &each.msr == one.first; });
        return IsOnSome(comparison->by_twins[some.twins]);
      });
      if (some.missing.empty()) continue;
      NameMissing(some.missing);
      findings_.AddUnread(some.cpus, NamesOf(some.missing), some.missing.front().second,
                          some.evidence);
    }
  }

  // Of equal CPUs of which some have the register.
  static std::string WhoFaults(const MsrDef& msr, const OfTwins& of_twins, CpuGathering* outside) {
    CpuGathering those_with;
    AddCpusOf(of_twins.read, &those_with);
    const CpuSet with = those_with.Together();
    const CpuSet without = of_twins.fault.Together();
    outside->Add(OutsideLargest({with, without}));
    return fmt::format("{} can be read on {} and faults on {}", msr.name, with.ToString(),
                       without.ToString());
  }

  // Of equal CPUs that read different values.
  std::string WhoReadsWhat(const MsrDef& msr, std::uint64_t bits, std::vector<ReadBy>* read,
                           CpuGathering* outside) const {
    const Field* const field = FieldOf(msr, bits);
    SortByValue(read);
    const LargestGroup largest = LargestCamp(*read);
    AddOutsiders(*read, largest, outside);
    return fmt::format("{}{} differs between CPUs of one {}: {}", msr.name,
                       field == nullptr ? "" : fmt::format(".{}", field->name), uniformity_.of_one,
                       Listed(*read, largest.count(), field == nullptr ? 0 : field->low));
  }

  // The finding about CPUs that differ, if any do.
  std::optional<Finding> WhatDiffers() {
    CpuGathering outside;
    CpuGathering of_unknown_twins;
    std::vector<std::string> parts;
    std::vector<Evidence> evidence;
    for (Comparison& comparison : comparisons_) {
      const MsrDef& msr = comparison.msr;
      const std::size_t before = parts.size();
      for (auto& [twins, of_twins] : comparison.by_twins) {
        std::vector<ReadBy>& read = of_twins.read;
        if (twins && IsOnSome(of_twins)) {
          parts.push_back(WhoFaults(msr, of_twins, &outside));
        }
        if (AreAlike(read)) continue;
        if (!twins) {
          AddCpusOf(read, &of_unknown_twins);
          continue;
        }
        parts.push_back(WhoReadsWhat(msr, comparison.bits, &read, &outside));
      }
      if (parts.size() != before) Append(comparison.evidence, &evidence);
    }
    if (!outside.empty()) {
      std::string message = fmt::format("{}.", fmt::join(parts, "; "));
      if (!unread_.empty()) message += ' ' + NamesOf(unread_);
      Finding finding = MakeFinding(rule_, Outcome::kFail, outside.Together(), std::move(message));
      finding.evidence = std::move(evidence);
      finding.remedy = rule_.remedy;
      return finding;
    }
    if (of_unknown_twins.empty()) return std::nullopt;
    Finding finding =
        MakeFinding(rule_, Outcome::kIndeterminate, of_unknown_twins.Together(),
                    fmt::format("The values differ, and which CPUs are of one {} was not read.",
                                uniformity_.of_one));
    for (const Comparison& comparison : comparisons_) {
      Append(comparison.evidence, &finding.evidence);
    }
    finding.unread = AccessCode::kNotRecorded;
    return finding;
  }

  // Of CPUs none of which differs from another. Those that gave all registers
  // are the same if they are two at least; one that others should be compared
  // with, of which something was not read, is not.
  std::vector<Finding> WhatIsTheSame() {
    for (const SnapshotRow& kind : input_.kinds()) {
      const auto group = groups_.find(uniformity_.twins(kind));
      if (group != groups_.end()) group->second.count += kind.cpus().Count();
    }
    CpuGathering same;
    CpuGathering alone;  // there is no other of its kind
    CpuGathering left_alone;
    bool compared = false;
    const std::optional<AccessCode> unread = findings_.FirstUnread();
    for (const auto& [twins, group] : groups_) {
      if (group.whole.empty()) continue;
      const CpuSet cpus = group.whole.Together();
      compared = compared || group.whole_count > 1;
      const bool is_alone = group.count == 1 || !unread;
      (group.whole_count > 1 ? same : is_alone ? alone : left_alone).Add(cpus);
    }
    std::vector<Finding> judged;
    if (compared) {
      same.Add(alone.Together());
      Finding& finding = judged.emplace_back(
          MakeFinding(rule_, Outcome::kPass, same.Together(),
                      fmt::format("{} on all CPUs of one {}.",
                                  comparisons_.size() == 1
                                      ? fmt::format("{} is the same", comparisons_.front().msr.name)
                                      : "These registers are the same",
                                  uniformity_.of_one)));
      AddAllEvidence(&finding);
    } else if (!alone.empty()) {
      judged.push_back(MakeFinding(
          rule_, Outcome::kNotApplicable, alone.Together(),
          fmt::format("There is one such CPU of each {}: there is nothing to compare it with.",
                      uniformity_.of_one)));
    }
    if (!left_alone.empty()) {
      Finding& finding = judged.emplace_back(MakeFinding(
          rule_, Outcome::kIndeterminate, left_alone.Together(),
          "Of these CPUs alone all registers were read: there is nothing to compare them with."));
      finding.unread = unread;
      finding.remedy = Advise(*unread);
      AddAllEvidence(&finding);
    }
    return judged;
  }

  void AddAllEvidence(Finding* finding) const {
    for (const Comparison& comparison : comparisons_) {
      Append(comparison.evidence, &finding->evidence);
    }
  }

  const Rule& rule_;
  const RuleInput& input_;
  const Uniformity& uniformity_;
  Findings findings_;
  std::vector<Comparison> comparisons_;
  std::deque<ComparedCpus> compared_;
  std::map<std::optional<Twins>, Group> groups_;
  std::vector<Faulting> faulting_;
  Missing unread_;
  // Of the CPUs at hand.
  const RegisterView* kind_ = nullptr;
  std::optional<Twins> twins_;
  Group* group_ = nullptr;
  Missing missing_;
};

}  // namespace

const Field* FieldOf(const MsrDef& msr, std::uint64_t mask) {
  for (const Field& field : msr.fields) {
    if (field.mask() == mask) return &field;
  }
  return nullptr;
}

InForce OfRange(const AlikeCpus& alike, std::size_t msr, std::size_t mask, std::uint64_t valid) {
  const MsrReading& reading = alike.readings[mask];
  if (!reading.Knows(valid)) return {Presence::kUnknown};
  if ((reading.known_bits() & valid) != 0) return {};
  return msr == mask ? InForce{Presence::kPresent, valid} : InForce{Presence::kAbsent};
}

std::vector<Finding> JudgeUniform(const Rule& rule, const RuleInput& input,
                                  const Uniformity& uniformity) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() == 1) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, std::string(kOneCpu))};
  }
  return UniformCpus(rule, input, uniformity).Judge();
}

std::vector<Finding> IsUniform(const Rule& rule, const RuleInput& input) {
  return JudgeUniform(rule, input, Uniformity());
}

}  // namespace vtprobe::rules
