#include "vtprobe/report/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <utility>
#include <variant>

#include "proof_finding.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/hal/overlaps.h"
#include "vtprobe/proof/recorded_proof.h"
#include "vtprobe/registers/locks.h"
#include "vtprobe/registers/table.h"
#include "vtprobe/registers/volatile.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {
namespace {

constexpr std::uint64_t kWholeRegister = ~std::uint64_t{0};
constexpr std::array<std::string_view, 4> kOutputNames = {"EAX", "EBX", "ECX", "EDX"};

using Readings = PlatformSnapshot::ByValue<RegisterReading>;

// What a comparison of one register knows of it.
struct Compared {
  std::string title;
  RegisterInfo info;
  const MsrDef* msr = nullptr;  // of an MSR that has a definition
  std::uint64_t volatile_mask = 0;
  std::uint64_t ignored_mask = 0;

  bool is_ignored() const { return ignored_mask == kWholeRegister; }
};

using CpusByOutcome = std::map<Outcome, CpuSet>;

// Findings say more than an outcome: words may tell values that changed, and
// CPUs that fare alike may stand in several.
CpusByOutcome ByOutcome(const std::vector<Finding>& findings) {
  CpusByOutcome cpus;
  for (const Finding& finding : findings) {
    CpuSet& of_outcome = cpus[finding.outcome];
    of_outcome = of_outcome.Union(finding.cpus);
  }
  return cpus;
}

// The higher, the worse. What a rule does not apply to or a profile waives is
// neither, but that hardware virtualization is no longer offered is.
int Badness(std::string_view rule, Outcome outcome) {
  switch (outcome) {
    case Outcome::kFail:
      return 3;
    case Outcome::kWarn:
      return 2;
    case Outcome::kIndeterminate:
      return 1;
    case Outcome::kNotApplicable:
      return rule == "virtualization.usable" ? 1 : 0;
    case Outcome::kPass:
    case Outcome::kWaived:
      return 0;
  }
  return 0;
}

// The worst that is found of each of the CPUs. Nothing bad is found of one that no
// finding names: some rules name those alone that fail.
std::vector<std::pair<int, CpuSet>> ByBadness(std::string_view rule, const CpuSet& all,
                                              const CpusByOutcome& outcomes) {
  std::map<int, CpuSet, std::greater<>> cpus;
  for (const auto& [outcome, of_outcome] : outcomes) {
    CpuSet& alike = cpus[Badness(rule, outcome)];
    alike = alike.Union(of_outcome);
  }
  cpus[0] = all;
  std::vector<std::pair<int, CpuSet>> levels;
  CpuSet seen;
  for (const auto& [badness, alike] : cpus) {
    levels.emplace_back(badness, alike.Difference(seen));
    seen = seen.Union(alike);
  }
  return levels;
}

Direction DirectionOf(std::string_view rule, const CpuSet& all, const CpusByOutcome& before,
                      const CpusByOutcome& after) {
  Direction direction = Direction::kNeither;
  const auto old_levels = ByBadness(rule, all, before);
  for (const auto& [is, cpus] : ByBadness(rule, all, after)) {
    for (const auto& [was, old_cpus] : old_levels) {
      if (is == was || cpus.Intersection(old_cpus).empty()) continue;
      if (is > was) return Direction::kWorse;
      direction = Direction::kBetter;
    }
  }
  return direction;
}

class Comparison {
 public:
  Comparison(const DifferenceInput& before, const DifferenceInput& after,
             const CompareOptions& options)
      : before_(before.snapshot), after_(after.snapshot), options_(options) {
    difference_.has_profile = options.profile != nullptr;
    difference_.before_name = before.name;
    difference_.after_name = after.name;
    difference_.cpus_gone = before_.online().Difference(after_.online());
    difference_.cpus_new = after_.online().Difference(before_.online());
    common_ = before_.online().Intersection(after_.online());
  }

  Difference Run() {
    CompareMetadata();
    Selection all = before_.Everything();
    all.Add(after_.Everything());
    for (const auto& [leaf, mask] : all.cpuid) CompareLeaf(leaf);
    for (const MsrAddress address : all.msrs) CompareMsr(address);
    CompareRules();
    for (auto& [change, cpus] : features_) {
      change.cpus = cpus.Together();
      difference_.features.push_back(std::move(change));
    }
    return std::move(difference_);
  }

 private:
  void CompareMetadata() {
    for (const std::string_view key :
         {meta::kBoard, meta::kFirmwareVendor, meta::kFirmwareVersion, meta::kFirmwareDate,
          meta::kMicrocode, meta::kKernel, meta::kStage, meta::kHypervisor}) {
      const auto old_value = before_.metadata().Get(key);
      const auto new_value = after_.metadata().Get(key);
      if (old_value == new_value) continue;
      const auto text = [](const std::optional<std::string_view>& value) {
        return value ? std::optional<std::string>(*value) : std::nullopt;
      };
      difference_.metadata.push_back({std::string(key), text(old_value), text(new_value)});
    }
    const auto old_proof = SummaryOfProof(before_);
    const auto new_proof = SummaryOfProof(after_);
    if (old_proof == new_proof) return;
    difference_.metadata.push_back({std::string(meta::kProof), old_proof, new_proof});
  }

  static std::optional<std::string> SummaryOfProof(const PlatformSnapshot& machine) {
    const auto proof = RecordedProof(machine);
    return proof ? std::optional(ProofSummary(*proof)) : std::nullopt;
  }

  void CompareMsr(MsrAddress address) {
    const MsrDef* const msr = registers::FindMsr(address);
    Compared compared{.title = {}, .info = InfoOf(address), .msr = msr};
    compared.title = compared.info.Title();
    for (const IgnoredBits& ignored : options_.ignored) {
      const auto* const of = std::get_if<MsrAddress>(&ignored.reg);
      if (of != nullptr && *of == address) compared.ignored_mask |= ignored.mask;
    }
    if (const auto bits = registers::FindVolatile(address)) {
      compared.volatile_mask = bits->mask;
      if (msr == nullptr) {
        compared.title = fmt::format("{} ({})", bits->name, compared.info.address);
      }
    }
    Compare(compared, before_.ReadingsOf(address, common_), after_.ReadingsOf(address, common_));
  }

  void CompareLeaf(CpuidLeaf leaf) {
    const auto old_readings = before_.ReadingsOf(leaf, common_);
    const auto new_readings = after_.ReadingsOf(leaf, common_);
    if (old_readings == new_readings) return;
    for (const CpuidRegister output :
         {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx, CpuidRegister::kEdx}) {
      Compare(DescribeOutput(leaf, output), Outputs(old_readings, output),
              Outputs(new_readings, output));
    }
  }

  static Readings Outputs(const PlatformSnapshot::ByValue<CpuidReading>& readings,
                          CpuidRegister output) {
    Readings outputs;
    outputs.reserve(readings.size());
    for (const auto& [cpus, reading] : readings) {
      outputs.emplace_back(cpus, OutputOf(reading, output));
    }
    return outputs;
  }

  Compared DescribeOutput(CpuidLeaf leaf, CpuidRegister output) const {
    Compared compared;
    compared.info.is_cpuid = true;
    compared.info.address = AddressText(leaf);
    compared.title = fmt::format("CPUID.{}:{}", compared.info.address,
                                 kOutputNames.at(static_cast<std::size_t>(output)));
    for (const CpuidDef* const cpuid : registers::AllCpuid()) {
      if (cpuid->leaf != leaf || cpuid->output != output) continue;
      compared.info = InfoOf(*cpuid);
      compared.title = compared.info.Title();
    }
    if (const auto bits = registers::FindVolatile(leaf, output)) {
      compared.volatile_mask = bits->mask;
    }
    for (const IgnoredBits& ignored : options_.ignored) {
      const auto* const of = std::get_if<const CpuidDef*>(&ignored.reg);
      if (of != nullptr && (*of)->leaf == leaf && (*of)->output == output) {
        compared.ignored_mask |= ignored.mask;
      }
    }
    return compared;
  }

  void Compare(const Compared& compared, const Readings& before, const Readings& after) {
    if (before == after) return;
    RegisterDifference difference{compared.title, compared.info, {}};
    CpuGathering only_before;
    CpuGathering only_after;
    bool left_out = false;
    bool ignored = false;
    for (auto& [was, is, cpus] : FindOverlaps(CpuGroups(before), CpuGroups(after))) {
      const RegisterReading& old_reading = before[was].second;
      const RegisterReading& new_reading = after[is].second;
      if (old_reading == new_reading) continue;
      if (compared.is_ignored() || IsWithin(compared.ignored_mask, old_reading, new_reading)) {
        ignored = true;
      } else if (new_reading.IsUnrecorded() || KnowsMore(old_reading, new_reading)) {
        only_before.Add(cpus);
      } else if (old_reading.IsUnrecorded() || KnowsMore(new_reading, old_reading)) {
        only_after.Add(cpus);
      } else if (IsWithin(compared.volatile_mask | compared.ignored_mask, old_reading,
                          new_reading)) {
        left_out = true;
      } else if (IsListed()) {
        difference.changes.push_back(Change(compared, std::move(cpus), old_reading, new_reading));
      }
    }
    if (!only_before.empty() && IsListed()) {
      difference_.only_before.push_back({compared.title, only_before.Together()});
    }
    if (!only_after.empty() && IsListed()) {
      difference_.only_after.push_back({compared.title, only_after.Together()});
    }
    if (left_out) difference_.left_out.push_back(compared.title);
    if (ignored) difference_.ignored.push_back(compared.title);
    if (difference.changes.empty()) return;
    std::sort(difference.changes.begin(), difference.changes.end(),
              [](const RegisterChange& a, const RegisterChange& b) {
                return a.cpus.First() < b.cpus.First();
              });
    difference_.registers.push_back(std::move(difference));
  }

  // Whether there is room for one more; if not, it is counted.
  bool IsListed() {
    if (listed_ == Difference::kMostListed) {
      ++difference_.not_listed;
      return false;
    }
    ++listed_;
    return true;
  }

  // Whether the one agrees with the other in all bits of that, and knows others too.
  static bool KnowsMore(const RegisterReading& more, const RegisterReading& less) {
    return less.IsPartial() && more.known() != less.known() && more.Knows(less.known()) &&
           (more.known_bits() & less.known()) == less.known_bits();
  }

  // Whether of both the same bits are known, and they differ in no other bit.
  static bool IsWithin(std::uint64_t mask, const RegisterReading& before,
                       const RegisterReading& after) {
    return before.known() != 0 && before.known() == after.known() &&
           ((before.known_bits() ^ after.known_bits()) & ~mask) == 0;
  }

  RegisterChange Change(const Compared& compared, CpuSet cpus, const RegisterReading& before,
                        const RegisterReading& after) {
    const std::uint64_t both = before.known() & after.known();
    const std::uint64_t was = before.known_bits();
    const std::uint64_t is = after.known_bits();
    const std::uint64_t changed =
        (was ^ is) & both & ~(compared.volatile_mask | compared.ignored_mask);
    RegisterChange change{std::move(cpus), before, after, changed, {}};
    for (FieldChange& of_field : ChangedFields(compared.info.fields, before, after)) {
      const Field field = of_field.field;
      if ((changed & field.mask()) == 0) continue;
      if (compared.msr != nullptr && registers::IsLock(*compared.msr, field)) {
        of_field.direction = field.IsSet(is) ? Direction::kBetter : Direction::kWorse;
      }
      change.fields.push_back(of_field);
      if (compared.info.is_cpuid && field.width() == 1) {
        AddFeature({field.name, compared.info.name, field.IsSet(is), {}}, change.cpus);
      }
    }
    return change;
  }

  void AddFeature(FeatureChange change, const CpuSet& cpus) {
    auto found = std::find_if(features_.begin(), features_.end(), [&](const auto& entry) {
      const FeatureChange& known = entry.first;
      return known.feature == change.feature && known.in == change.in && known.came == change.came;
    });
    if (found == features_.end()) {
      found = features_.emplace(found, std::move(change), CpuGathering());
    }
    found->second.Add(cpus);
  }

  static bool RestOnUnrecorded(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
      return finding.unread == AccessCode::kNotRecorded;
    });
  }

  // A rule that compares CPUs, or counts them, is to look at the same ones.
  void CompareRules() {
    if (common_.empty()) return;
    const PlatformSnapshot old_machine = before_.RestrictedTo(common_);
    const PlatformSnapshot new_machine = after_.RestrictedTo(common_);
    const VirtualizationVerdict old_verdict = JudgeVirtualization(old_machine);
    const VirtualizationVerdict new_verdict = JudgeVirtualization(new_machine);
    const RuleInput old_input(old_machine, old_verdict, options_.profile);
    const RuleInput new_input(new_machine, new_verdict, options_.profile);
    for (const Rule* const rule : AllRules()) {
      CompareFindings(*rule, JudgeRule(*rule, old_input), JudgeRule(*rule, new_input));
    }
    // Of a machine on which no guest was to run nothing is found.
    const auto old_proof = RecordedProof(old_machine);
    const auto new_proof = RecordedProof(new_machine);
    if (!old_proof || !new_proof) return;
    CompareFindings(ProofRule(), {ProofFinding(*old_proof, *old_verdict.guests)},
                    {ProofFinding(*new_proof, *new_verdict.guests)});
  }

  void CompareFindings(const Rule& rule, std::vector<Finding> before, std::vector<Finding> after) {
    const CpusByOutcome old_outcomes = ByOutcome(before);
    const CpusByOutcome new_outcomes = ByOutcome(after);
    if (old_outcomes == new_outcomes) return;
    if (RestOnUnrecorded(before) || RestOnUnrecorded(after)) return;
    difference_.rules.push_back({rule.id, DirectionOf(rule.id, common_, old_outcomes, new_outcomes),
                                 std::move(before), std::move(after)});
  }

  const PlatformSnapshot& before_;
  const PlatformSnapshot& after_;
  const CompareOptions& options_;
  CpuSet common_;
  Difference difference_;
  std::vector<std::pair<FeatureChange, CpuGathering>> features_;
  std::size_t listed_ = 0;
};

bool LosesLock(const RegisterDifference& reg) {
  return std::any_of(reg.changes.begin(), reg.changes.end(), [](const RegisterChange& change) {
    return std::any_of(change.fields.begin(), change.fields.end(), [](const FieldChange& field) {
      return field.direction == Direction::kWorse;
    });
  });
}

bool IsWorse(const Difference& difference) {
  const auto is_worse = [&](const RuleChange& change) {
    if (change.direction != Direction::kWorse) return false;
    return !difference.has_profile ||
           std::any_of(change.after.begin(), change.after.end(),
                       [](const Finding& finding) { return finding.counted; });
  };
  // What is not listed may be.
  return !difference.cpus_gone.empty() || difference.not_listed != 0 ||
         std::any_of(difference.rules.begin(), difference.rules.end(), is_worse) ||
         std::any_of(difference.registers.begin(), difference.registers.end(), LosesLock);
}

bool RegistersDiffer(const Difference& difference) {
  return !difference.cpus_gone.empty() || !difference.cpus_new.empty() ||
         !difference.features.empty() || !difference.registers.empty() ||
         !difference.only_before.empty() || !difference.only_after.empty() ||
         difference.not_listed != 0;
}

}  // namespace

std::vector<FieldChange> ChangedFields(const FieldList& fields, const RegisterReading& before,
                                       const RegisterReading& after) {
  const std::uint64_t both = before.known() & after.known();
  const std::uint64_t was = before.known_bits();
  const std::uint64_t is = after.known_bits();
  std::vector<FieldChange> changes;
  for (const Field& field : fields) {
    const bool is_known = (field.mask() & ~both) == 0;
    if (!is_known || ((was ^ is) & field.mask()) == 0) continue;
    changes.push_back({field, field.Extract(was), field.Extract(is)});
  }
  return changes;
}

std::string_view Name(Direction direction) {
  switch (direction) {
    case Direction::kNeither:
      return "neither";
    case Direction::kBetter:
      return "better";
    case Direction::kWorse:
      return "worse";
  }
  return {};
}

bool Difference::empty() const {
  return metadata.empty() && rules.empty() && !RegistersDiffer(*this);
}

bool Differs(const Difference& difference, FailOn what) {
  switch (what) {
    case FailOn::kAny:
      return !difference.empty();
    case FailOn::kReadings:
      return RegistersDiffer(difference);
    case FailOn::kWorse:
      return IsWorse(difference);
  }
  return true;
}

Difference Compare(const DifferenceInput& before, const DifferenceInput& after,
                   const CompareOptions& options) {
  return Comparison(before, after, options).Run();
}

}  // namespace vtprobe
