// What a TDX module asks of CPUID whatever its version: leaves that it reads, counters
// that it can save, and addresses as wide as paging has levels. Which further bits it
// asks for changes with its version. CPUs that differ in them are another rule's.
// [intel/tdx-module] src/vmm_dispatcher/api_calls/tdh_sys_init.c
// (check_cpuid_configurations)

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "alike_cpus.h"
#include "rules.h"
#include "tdx.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/probes/core_type.h"
#include "vtprobe/probes/expectations.h"

namespace vtprobe::rules {
namespace {

// What is wrong with the four outputs of a leaf; empty: nothing.
struct Condition {
  CpuidLeaf leaf;
  CpuidRegisterMask outputs;
  std::string (*wrong)(const PartialCpuid& outputs);
};

std::uint32_t Eax(const PartialCpuid& outputs) { return outputs.Get(CpuidRegister::kEax); }

constexpr std::uint32_t kLastLeaf = 0x1f;
constexpr std::uint32_t kLastExtendedLeaf = 0x8000'0008;
constexpr std::uint32_t kMonitoringVersion = 5;
constexpr std::uint32_t kMostFixedCounters = 7;  // MAX_FIXED_CTR of src/common/x86_defs/msr_defs.h

constexpr std::array kConditions = {
    Condition{{0x0},
              MaskOf(CpuidRegister::kEax),
              [](const PartialCpuid& outputs) {
                return Eax(outputs) >= kLastLeaf
                           ? std::string()
                           : fmt::format("the last leaf is {:#x} and should be {:#x} at least",
                                         Eax(outputs), kLastLeaf);
              }},
    Condition{{0x8000'0000},
              MaskOf(CpuidRegister::kEax),
              [](const PartialCpuid& outputs) {
                return Eax(outputs) >= kLastExtendedLeaf
                           ? std::string()
                           : fmt::format(
                                 "the last extended leaf is {:#x} and should be {:#x} at "
                                 "least",
                                 Eax(outputs), kLastExtendedLeaf);
              }},
    Condition{
        {0xa},
        static_cast<CpuidRegisterMask>(MaskOf(CpuidRegister::kEax) | MaskOf(CpuidRegister::kEdx)),
        [](const PartialCpuid& outputs) {
          const std::uint32_t version = Eax(outputs) & 0xff;
          const std::uint32_t fixed = outputs.Get(CpuidRegister::kEdx) & 0x1f;
          if (version < kMonitoringVersion) {
            return fmt::format(
                "performance monitoring is of version {} and should be of {} "
                "at least",
                version, kMonitoringVersion);
          }
          return fixed <= kMostFixedCounters
                     ? std::string()
                     : fmt::format("there are {} fixed counters, and the module saves {}", fixed,
                                   kMostFixedCounters);
        }},
    Condition{{0x15}, MaskOf(CpuidRegister::kEbx), [](const PartialCpuid& outputs) {
                return std::string(outputs.Get(CpuidRegister::kEbx) != 0
                                       ? ""
                                       : "the ratio of the TSC's clock is not told (leaf 15H)");
              }}};

// Of 80000008H:EAX; 57 bits where leaf 7 has LA57, else 48.
constexpr CpuidLeaf kAddresses{0x8000'0008};
constexpr std::uint32_t LinearBits(std::uint32_t eax) { return eax >> 8 & 0xff; }
constexpr std::uint32_t kLa57 = std::uint32_t{1} << 16;  // of 07H:ECX

class Look {
 public:
  Look(const RuleInput& input, CpuSet cpus) : input_(input), cpus_(std::move(cpus)) {}

  void At(const Condition& condition) {
    for (const auto& [cpus, reading] : input_.snapshot.ReadingsOf(condition.leaf, cpus_)) {
      if (!reading) {
        Lack(cpus, condition.leaf, reading.error());
        continue;
      }
      if ((reading->recorded & condition.outputs) != condition.outputs) {
        Lack(cpus, condition.leaf, AccessCode::kNotRecorded);
        continue;
      }
      Blame(cpus, condition.wrong(*reading));
    }
  }

  void AtAddresses() {
    for (const auto& [cpus, features] : input_.snapshot.ReadingsOf(CpuidLeaf{0x7}, cpus_)) {
      const auto ecx = OutputOf(features, CpuidRegister::kEcx);
      if (!ecx) {
        Lack(cpus, {0x7}, ecx.error());
        continue;
      }
      const std::uint32_t bits = (*ecx & kLa57) != 0 ? 57 : 48;
      for (const auto& [some, sizes] : input_.snapshot.ReadingsOf(kAddresses, cpus)) {
        const auto eax = OutputOf(sizes, CpuidRegister::kEax);
        if (!eax) {
          Lack(some, kAddresses, eax.error());
        } else if (LinearBits(*eax) != bits) {
          Blame(some, fmt::format("linear addresses have {} bits and should have {}",
                                  LinearBits(*eax), bits));
        }
      }
    }
  }

  std::vector<Finding> Take(const Rule& rule, Findings* findings) {
    const std::vector<Evidence> none;
    const CpuSet wrong = wrong_.Together();
    const CpuSet lacking = lacking_.Together().Difference(wrong);
    const CpuSet right = cpus_.Difference(wrong).Difference(lacking);
    const CpuSet differing = IsJudged("uniform.cpuid") ? LikeOneOf(right, wrong) : CpuSet();
    if (!differing.empty()) {
      findings->Add(
          differing,
          {.outcome = Outcome::kNotApplicable,
           .message = fmt::format("Depends on uniform.cpuid. Other CPUs differ. {}", why_),
           .follows = "uniform.cpuid"},
          none);
    }
    if (const CpuSet all_alike = wrong.Difference(differing); !all_alike.empty()) {
      findings->Add(all_alike, {Outcome::kFail, fmt::format("CPUID: {}.", why_)}, none);
    }
    if (!lacking.empty()) findings->AddUnread(lacking, unread_, *code_, none);
    if (!right.empty()) {
      findings->Add(right, {Outcome::kPass, std::string(rule.title) + '.'}, none);
    }
    return findings->Take();
  }

 private:
  bool IsJudged(std::string_view rule) const {
    return input_.profile == nullptr || input_.profile->Find(rule) != nullptr;
  }

  // Those of `wrong` that uniform.cpuid compares with one of `right`: of one signature.
  CpuSet LikeOneOf(const CpuSet& right, const CpuSet& wrong) const {
    std::set<Twins> signatures;
    for (const SnapshotRow& kind : input_.kinds()) {
      const auto signature = OfOneSignature(kind);
      if (signature && !kind.cpus().Intersection(right).empty()) signatures.insert(*signature);
    }
    CpuGathering like;
    for (const SnapshotRow& kind : input_.kinds()) {
      const auto signature = OfOneSignature(kind);
      if (signature && signatures.contains(*signature)) {
        like.Add(kind.cpus().Intersection(wrong));
      }
    }
    return like.Together();
  }

  void Blame(const CpuSet& cpus, const std::string& what) {
    if (what.empty()) return;
    wrong_.Add(cpus);
    if (why_.find(what) == std::string::npos) why_ += (why_.empty() ? "" : "; ") + what;
  }

  void Lack(const CpuSet& cpus, CpuidLeaf leaf, AccessCode code) {
    lacking_.Add(cpus);
    if (code_) return;
    code_ = code;
    unread_ = NotRead(fmt::format("CPUID.{:02X}H", leaf.leaf), code);
  }

  const RuleInput& input_;
  const CpuSet cpus_;
  CpuGathering wrong_;
  CpuGathering lacking_;
  std::string why_;
  std::string unread_;
  std::optional<AccessCode> code_;
};

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  Findings findings(rule);
  CpuGathering concerned;
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) { concerned.Add(alike.cpus); });
  if (concerned.empty()) return findings.Take();
  Look look(input, concerned.Together());
  for (const Condition& condition : kConditions) look.At(condition);
  look.AtAddresses();
  return look.Take(rule, &findings);
}

}  // namespace

const Rule kIntelTdxCpuid{
    .id = "intel.tdx.cpuid",
    .title = "CPUID tells what a TDX module of any version asks for",
    .spec = "[intel/tdx-module] src/vmm_dispatcher/api_calls/tdh_sys_init.c",
    .severity = Severity::kHigh,
    .remedy =
        "Update the firmware, which loads the microcode and may hide leaves; where that does not "
        "help, these CPUs can't host trust domains.",
    .msrs = {&registers::kMktmeKeyidPartitioning},
    .depends_on = "intel.tdx.keys",
    .otherwise = kTdxHasNoKeys,
    .applies = &kTdxHasKeys,
    .reads =
        [](Selection* selection) {
          for (const Condition& condition : kConditions) selection->Add(condition.leaf);
          selection->Add(CpuidLeaf{0x7});
          selection->Add(kAddresses);
        },
    .judge = Judge};

}  // namespace vtprobe::rules
