#include "vtprobe/report/difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/hal/overlaps.h"
#include "vtprobe/registers/table.h"
#include "vtprobe/registers/volatile.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {
namespace {

constexpr std::array<std::string_view, 4> kOutputNames = {"EAX", "EBX", "ECX", "EDX"};

using Readings = PlatformSnapshot::ByValue<RegisterReading>;

// What a comparison of one register knows of it.
struct Compared {
  std::string title;
  std::string name;
  std::string address;
  const FieldList* fields = nullptr;  // null: no definition
  std::string_view definition;        // a CPUID register's name, for its features
  std::uint64_t volatile_mask = 0;
};

class Comparison {
 public:
  Comparison(const DifferenceInput& before, const DifferenceInput& after)
      : before_(before.snapshot), after_(after.snapshot) {
    difference_.before_name = before.name;
    difference_.after_name = after.name;
    difference_.cpus_gone = before_.online().Difference(after_.online());
    difference_.cpus_new = after_.online().Difference(before_.online());
    common_ = before_.online().Intersection(after_.online());
  }

  Difference Run(const Profile* profile) {
    CompareMetadata();
    Selection all = before_.Everything();
    all.Add(after_.Everything());
    for (const auto& [leaf, mask] : all.cpuid) CompareLeaf(leaf);
    for (const MsrAddress address : all.msrs) CompareMsr(address);
    CompareRules(profile);
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
  }

  void CompareMsr(MsrAddress address) {
    const MsrDef* const msr = registers::FindMsr(address);
    const RegisterInfo info = InfoOf(address);
    Compared compared{info.Title(), std::string(info.name),
                      info.address, msr != nullptr ? &msr->fields : nullptr,
                      {},           0};
    if (const auto bits = registers::FindVolatile(address)) {
      compared.volatile_mask = bits->mask;
      if (msr == nullptr) compared.title = fmt::format("{} ({})", bits->name, info.address);
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

  static Compared DescribeOutput(CpuidLeaf leaf, CpuidRegister output) {
    Compared compared;
    compared.address = fmt::format("{:#x}.{:#x}", leaf.leaf, leaf.subleaf);
    compared.title = fmt::format("CPUID.{}:{}", compared.address,
                                 kOutputNames.at(static_cast<std::size_t>(output)));
    for (const CpuidDef* const cpuid : registers::AllCpuid()) {
      if (cpuid->leaf != leaf || cpuid->output != output) continue;
      compared.title = compared.name = cpuid->name;
      compared.fields = &cpuid->fields;
      compared.definition = cpuid->name;
    }
    if (const auto bits = registers::FindVolatile(leaf, output)) {
      compared.volatile_mask = bits->mask;
    }
    return compared;
  }

  void Compare(const Compared& compared, const Readings& before, const Readings& after) {
    if (before == after) return;
    RegisterDifference difference{compared.title, compared.name, compared.address, {}};
    CpuGathering only_before;
    CpuGathering only_after;
    bool left_out = false;
    for (auto& [was, is, cpus] : FindOverlaps(CpuGroups(before), CpuGroups(after))) {
      const RegisterReading& old_reading = before[was].second;
      const RegisterReading& new_reading = after[is].second;
      if (old_reading == new_reading) continue;
      if (IsUnrecorded(new_reading)) {
        only_before.Add(cpus);
      } else if (IsUnrecorded(old_reading)) {
        only_after.Add(cpus);
      } else if (IsNoise(compared, old_reading, new_reading)) {
        left_out = true;
      } else {
        difference.changes.push_back(Change(compared, std::move(cpus), old_reading, new_reading));
      }
    }
    if (!only_before.empty()) {
      difference_.only_before.push_back({compared.title, only_before.Together()});
    }
    if (!only_after.empty()) {
      difference_.only_after.push_back({compared.title, only_after.Together()});
    }
    if (left_out) difference_.left_out.push_back(compared.title);
    if (difference.changes.empty()) return;
    std::sort(difference.changes.begin(), difference.changes.end(),
              [](const RegisterChange& a, const RegisterChange& b) {
                return a.cpus.First() < b.cpus.First();
              });
    difference_.registers.push_back(std::move(difference));
  }

  static bool IsUnrecorded(const RegisterReading& reading) {
    return !reading && reading.error() == AccessCode::kNotRecorded;
  }

  static bool IsNoise(const Compared& compared, const RegisterReading& before,
                      const RegisterReading& after) {
    return before && after && ((*before ^ *after) & ~compared.volatile_mask) == 0;
  }

  RegisterChange Change(const Compared& compared, CpuSet cpus, const RegisterReading& before,
                        const RegisterReading& after) {
    RegisterChange change{std::move(cpus), before, after, {}};
    if (!before || !after || compared.fields == nullptr) return change;
    const std::uint64_t changed = (*before ^ *after) & ~compared.volatile_mask;
    for (const Field& field : *compared.fields) {
      if ((changed & field.mask()) == 0) continue;
      change.fields.push_back({field, field.Extract(*before), field.Extract(*after)});
      if (!compared.definition.empty() && field.width() == 1) {
        AddFeature({field.name, compared.definition, field.IsSet(*after), change.cpus});
      }
    }
    return change;
  }

  void AddFeature(FeatureChange change) {
    for (FeatureChange& known : difference_.features) {
      if (known.feature != change.feature || known.in != change.in || known.came != change.came) {
        continue;
      }
      known.cpus = known.cpus.Union(change.cpus);
      return;
    }
    difference_.features.push_back(std::move(change));
  }

  // What is compared of a rule's findings: words may tell values that changed.
  static std::set<std::pair<Outcome, std::string>> Outcomes(const std::vector<Finding>& findings) {
    std::set<std::pair<Outcome, std::string>> outcomes;
    for (const Finding& finding : findings) {
      outcomes.emplace(finding.outcome, finding.cpus.ToString());
    }
    return outcomes;
  }

  static bool RestOnUnrecorded(const std::vector<Finding>& findings) {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
      return finding.unread == AccessCode::kNotRecorded;
    });
  }

  void CompareRules(const Profile* profile) {
    const VirtualizationVerdict old_verdict = JudgeVirtualization(before_);
    const VirtualizationVerdict new_verdict = JudgeVirtualization(after_);
    const RuleInput old_input(before_, old_verdict, profile);
    const RuleInput new_input(after_, new_verdict, profile);
    for (const Rule* const rule : AllRules()) {
      std::vector<Finding> before = JudgeRule(*rule, old_input);
      std::vector<Finding> after = JudgeRule(*rule, new_input);
      if (Outcomes(before) == Outcomes(after)) continue;
      if (RestOnUnrecorded(before) || RestOnUnrecorded(after)) continue;
      difference_.rules.push_back({rule->id, std::move(before), std::move(after)});
    }
  }

  const PlatformSnapshot& before_;
  const PlatformSnapshot& after_;
  CpuSet common_;
  Difference difference_;
};

}  // namespace

bool Difference::empty() const {
  return cpus_gone.empty() && cpus_new.empty() && rules.empty() && features.empty() &&
         registers.empty() && only_before.empty() && only_after.empty();
}

Difference Compare(const DifferenceInput& before, const DifferenceInput& after,
                   const Profile* profile) {
  return Comparison(before, after).Run(profile);
}

}  // namespace vtprobe
