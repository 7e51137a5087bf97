// A guest may be moved to any CPU, so all must offer it the same of SVM. CPUID
// says what that is.

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>

#include "rules.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/gates.h"

namespace vtprobe::rules {
namespace {

constexpr std::array kCompared = {&registers::kCpuid8000000AEax, &registers::kCpuid8000000AEbx,
                                  &registers::kCpuid8000000AEdx};
using Values = std::array<std::uint32_t, kCompared.size()>;
using ByValues = std::map<Values, CpuGathering>;

constexpr std::string_view kNotRead = "CPUID leaf 8000000AH was not read.";

// Which of the registers differ, and on which CPUs they read what.
std::string DescribeDifferences(const ByValues& groups) {
  std::string message = "CPUs offer different features of SVM:";
  for (std::size_t i = 0; i < kCompared.size(); ++i) {
    std::map<std::uint32_t, CpuGathering> by_value;
    for (const auto& [values, cpus] : groups) by_value[values[i]].Add(cpus.Together());
    if (by_value.size() < 2) continue;
    for (const auto& [value, cpus] : by_value) {
      message += fmt::format(" {} is {:#x} on CPUs {};", kCompared[i]->name, value,
                             cpus.Together().ToString());
    }
  }
  message.back() = '.';
  return message;
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() == 1) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, "There is one CPU only.")};
  }
  Findings findings(rule);
  ByValues groups;
  std::vector<Evidence> evidence;
  std::array<std::set<std::uint32_t>, kCompared.size()> shown;  // of each register
  for (const SnapshotRow& kind : input.kinds()) {
    const Presence presence = registers::AllOf(
        {registers::AmdCompatible(kind), registers::AnyOf(kind, {registers::kSvm})});
    if (presence == Presence::kAbsent) {
      findings.Add(kind.cpus(), {Outcome::kNotApplicable, "These CPUs do not offer SVM."}, kind);
      continue;
    }
    Values values{};
    std::optional<AccessCode> unread;
    for (std::size_t i = 0; i < kCompared.size(); ++i) {
      const auto value = registers::Read(kind, *kCompared[i]);
      if (value) {
        values[i] = *value;
      } else {
        unread = value.error();
      }
    }
    if (presence == Presence::kUnknown || unread) {
      findings.AddUnread(kind.cpus(), kNotRead, unread.value_or(AccessCode::kNotRecorded), kind);
      continue;
    }
    groups[values].Add(kind.cpus());
    for (std::size_t i = 0; i < kCompared.size(); ++i) {
      if (shown[i].insert(values[i]).second) evidence.push_back(EvidenceOf(kind, *kCompared[i]));
    }
  }
  if (groups.empty()) return findings.Take();
  std::vector<CpuSet> camps;
  CpuGathering all;
  for (const auto& [values, cpus] : groups) {
    camps.push_back(cpus.Together());
    all.Add(camps.back());
  }
  std::vector<Finding> judged;
  if (groups.size() == 1) {
    judged.push_back(MakeFinding(rule, Outcome::kPass, all.Together(),
                                 "CPUID leaf 8000000AH is the same on all CPUs with SVM."));
  } else {
    judged.push_back(
        MakeFinding(rule, Outcome::kFail, OutsideLargest(camps), DescribeDifferences(groups)));
    judged.back().remedy = rule.remedy;
  }
  judged.back().evidence = std::move(evidence);
  if (!findings.empty()) {
    for (Finding& finding : findings.Take()) judged.push_back(std::move(finding));
  }
  return judged;
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
