// A machine of processors of several steppings works, but nobody tests it: each
// stepping has microcode and errata of its own. Where one was put together by
// mistake, this says so, and what differs by stepping is no finding of others.

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "rules.h"
#include "uniformity.h"
#include "vtprobe/probes/core_type.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe::rules {
namespace {

// Which of two Pentiums it is. [intel/sdm-vol2] CPUID, table "Processor Type Field"
constexpr std::uint32_t kProcessorType = 0x3000;

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() == 1) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, std::string(kOneCpu))};
  }
  Findings findings(rule);
  std::map<CoreType, std::map<std::uint32_t, CpuGathering>> by_type;
  std::vector<Evidence> evidence;
  for (const SnapshotRow& kind : input.kinds()) {
    const auto signature = registers::Read(kind, registers::kCpuid1Eax);
    if (!signature) {
      findings.AddUnread(kind.cpus(), "CPUID leaf 1 was not read.", signature.error(), kind);
      continue;
    }
    CpuGathering& cpus = by_type[CoreTypeOf(kind)][*signature & ~kProcessorType];
    if (cpus.empty()) evidence.push_back(EvidenceOf(kind, registers::kCpuid1Eax));
    cpus.Add(kind.cpus());
  }
  CpuGathering same;
  CpuGathering odd;
  std::string message;
  for (const auto& [type, by_signature] : by_type) {
    std::vector<CpuSet> camps;
    for (const auto& [signature, cpus] : by_signature) camps.push_back(cpus.Together());
    if (camps.size() == 1) {
      same.Add(camps.front());
      continue;
    }
    odd.Add(OutsideLargest(camps));
    std::size_t place = 0;
    for (const auto& [signature, cpus] : by_signature) {
      message += fmt::format("{} {:#x} on {}", message.empty() ? "" : ",", signature,
                             camps.at(place++).ToString());
    }
  }
  std::vector<Finding> judged;
  const CpuSet compared = same.Together();
  if (!odd.empty()) {
    judged.push_back(
        MakeFinding(rule, Outcome::kWarn, odd.Together(),
                    fmt::format("CPUs of one core type are of several signatures:{}.", message)));
    judged.back().remedy = rule.remedy;
  } else if (compared.Count() > 1) {
    judged.push_back(MakeFinding(rule, Outcome::kPass, compared,
                                 "All CPUs of one core type have the same signature."));
  } else if (!compared.empty()) {
    findings.AddUnread(compared, "The signature of one CPU alone was read.",
                       findings.FirstUnread().value_or(AccessCode::kNotRecorded), evidence);
  }
  if (!judged.empty()) judged.back().evidence = std::move(evidence);
  return Joined(std::move(judged), &findings);
}

}  // namespace

const Rule kUniformCpuSignature{
    .id = "uniform.cpu_signature",
    .title = "Every CPU of one core type is of the same family, model and stepping",
    .spec = "[intel/sdm-vol3] 10.11.7.1, [intel/sdm-vol2] CPUID, [amd/apm-vol3] E.3.2",
    .severity = Severity::kMedium,
    .remedy =
        "Compare the processors' stepping with what the board's maker allows to be mixed, and "
        "make sure that firmware and operating system have microcode for each.",
    .in_guests = true,
    .judge = Judge};

}  // namespace vtprobe::rules
