// A guest may be moved to any CPU, so all must offer it the same of SVM. CPUID
// says what that is.

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "alike_cpus.h"
#include "rules.h"
#include "uniformity.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"

namespace vtprobe::rules {
namespace {

constexpr std::array kCompared = {&registers::kCpuid8000000AEax, &registers::kCpuid8000000AEbx,
                                  &registers::kCpuid8000000AEcx, &registers::kCpuid8000000AEdx};

constexpr Requirement kOffersSvm = registers::AllOf(registers::kAmdCompatible, registers::kSvm);

// Who read what of each.
using ByValue = std::map<std::uint32_t, CpuGathering>;

// Which CPUs are outside the largest camp, and what they read.
struct Differences {
  CpuGathering cpus;
  std::string message;
};

void Compare(const CpuidDef& output, const ByValue& by_value, Differences* differences) {
  if (by_value.size() < 2) return;
  std::vector<CpuSet> camps;
  for (const auto& [value, cpus] : by_value) {
    camps.push_back(cpus.Together());
    differences->message +=
        fmt::format(" {} is {:#x} on CPUs {};", output.name, value, camps.back().ToString());
  }
  differences->cpus.Add(OutsideLargest(camps));
}

// What was read of all CPUs that offer SVM.
struct Readings {
  std::array<ByValue, kCompared.size()> read;
  CpuGathering whole;  // of which all was read
  std::vector<Evidence> evidence;
};

void Note(const SnapshotRow& kind, Readings* readings, Findings* findings) {
  std::string missing;
  AccessCode why = AccessCode::kNotRecorded;
  for (std::size_t i = 0; i < kCompared.size(); ++i) {
    const auto value = registers::Read(kind, *kCompared[i]);
    if (!value) {
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", kCompared[i]->name);
      why = value.error();
      continue;
    }
    CpuGathering& camp = readings->read[i][*value];
    if (camp.empty()) readings->evidence.push_back(EvidenceOf(kind, *kCompared[i]));
    camp.Add(kind.cpus());
  }
  if (missing.empty()) {
    readings->whole.Add(kind.cpus());
  } else {
    findings->AddUnread(kind.cpus(), NotRead(missing, why), why, kind);
  }
}

// Of CPUs none of which differs from another: passes where there are two at least.
// Nothing if `findings` has what there is to say.
std::optional<Finding> WhatIsTheSame(const Rule& rule, const CpuSet& same,
                                     const std::vector<Evidence>& evidence, Findings* findings) {
  if (same.Count() > 1) {
    return MakeFinding(rule, Outcome::kPass, same,
                       "CPUID leaf 8000000AH is the same on all CPUs with SVM.");
  }
  if (same.empty()) return std::nullopt;
  if (const auto unread = findings->FirstUnread()) {
    findings->AddUnread(same, "CPUID leaf 8000000AH was read of this CPU alone.", *unread,
                        evidence);
  } else {
    findings->Add(same, {Outcome::kNotApplicable, "One CPU offers SVM."}, evidence);
  }
  return std::nullopt;
}

std::optional<Finding> WhatDiffers(const Rule& rule, const Readings& readings) {
  Differences differences;
  for (std::size_t i = 0; i < kCompared.size(); ++i) {
    Compare(*kCompared[i], readings.read[i], &differences);
  }
  if (differences.cpus.empty()) return std::nullopt;
  differences.message.back() = '.';
  Finding finding = MakeFinding(rule, Outcome::kFail, differences.cpus.Together(),
                                "CPUs offer different features of SVM:" + differences.message);
  finding.remedy = rule.remedy;
  return finding;
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() == 1) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, std::string(kOneCpu))};
  }
  Findings findings(rule);
  Readings readings;
  for (const SnapshotRow& kind : input.kinds()) {
    switch (registers::Meets(kind, kOffersSvm)) {
      case Presence::kAbsent:
        findings.Add(kind.cpus(), {Outcome::kNotApplicable, "These CPUs do not offer SVM."}, kind);
        break;
      case Presence::kUnknown:
        findings.AddUnread(kind.cpus(), kNotKnownToHave, AccessCode::kNotRecorded, kind);
        break;
      case Presence::kPresent:
        Note(kind, &readings, &findings);
        break;
    }
  }
  std::optional<Finding> compared = WhatDiffers(rule, readings);
  if (!compared) {
    compared = WhatIsTheSame(rule, readings.whole.Together(), readings.evidence, &findings);
  }
  std::vector<Finding> judged;
  if (compared) {
    compared->evidence = std::move(readings.evidence);
    judged.push_back(std::move(*compared));
  }
  return Joined(std::move(judged), &findings);
}

}  // namespace

const Rule kUniformSvmFeatures{
    .id = "uniform.svm_features",
    .title = "Every CPU offers the same features of SVM",
    .spec = "[amd/apm-vol3] E.4.9",
    .severity = Severity::kHigh,
    .remedy =
        "Load the same microcode on every CPU and update the firmware; if it stays, give "
        "the vendor a recording (vtprobe record).",
    .in_guests = true,
    .reads =
        [](Selection* selection) {
          selection->Add(CpuidLeaf{0x8000'000a, 0});
        },
    .judge = Judge};

}  // namespace vtprobe::rules
