// Before a bit is believed: is this a vendor that is known, and a CPU that can
// have the extension its bits claim?

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rules.h"
#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::rules {
namespace {

bool Claims(const RegisterView& cpu, const CpuidField& feature) {
  return registers::Read(cpu, feature).value_or(0) != 0;
}

// Whether it is known not to be there.
bool Lacks(const RegisterView& cpu, const CpuidField& feature) {
  const auto value = registers::Read(cpu, feature);
  return value && *value == 0;
}

Finding JudgeKind(const Rule& rule, const SnapshotRow& kind) {
  const Identity identity = Identify(kind);
  const std::vector<Evidence> leaf0 = {EvidenceOf(kind, registers::kCpuid0Ebx),
                                       EvidenceOf(kind, registers::kCpuid0Edx),
                                       EvidenceOf(kind, registers::kCpuid0Ecx)};
  if (!identity.vendor_string) {
    Finding finding = MakeFinding(rule, Outcome::kIndeterminate, kind.cpus(),
                                  "CPUID leaf 0 could not be read: " +
                                      std::string(Describe(identity.vendor_string.error())) + ".");
    finding.evidence = leaf0;
    return finding;
  }
  if (*identity.vendor == Vendor::kOther) {
    Finding finding = MakeFinding(rule, Outcome::kWarn, kind.cpus(),
                                  "The vendor \"" + *identity.vendor_string +
                                      "\" made no CPU with VMX or SVM that is known.");
    finding.evidence = leaf0;
    return finding;
  }
  const bool claims = Claims(kind, registers::kVmx) || Claims(kind, registers::kSvm);
  if (PredatesVirtualization(identity) && claims) {
    Finding finding =
        MakeFinding(rule, Outcome::kWarn, kind.cpus(),
                    "A CPU of this family predates the extension that its CPUID bits claim.");
    finding.evidence = {EvidenceOf(kind, registers::kCpuid1Eax),
                        EvidenceOf(kind, registers::kCpuid1Ecx),
                        EvidenceOf(kind, registers::kCpuid80000001Ecx)};
    return finding;
  }
  if (Lacks(kind, registers::kVmx) && Lacks(kind, registers::kSvm)) {
    return MakeFinding(rule, Outcome::kNotApplicable, kind.cpus(),
                       "No feature bit claims VMX or SVM.");
  }
  return MakeFinding(rule, Outcome::kPass, kind.cpus(),
                     "The vendor is \"" + *identity.vendor_string + "\".");
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  std::vector<Finding> findings;
  std::vector<CpuGathering> cpus;  // of each
  std::map<std::pair<Outcome, std::string>, std::size_t> places;
  for (const SnapshotRow& kind : input.kinds()) {
    Finding finding = JudgeKind(rule, kind);
    const auto [place, is_new] =
        places.try_emplace({finding.outcome, finding.message}, findings.size());
    if (is_new) {
      findings.push_back(std::move(finding));
      cpus.emplace_back();
    }
    cpus[place->second].Add(kind.cpus());
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].cpus = cpus[i].Together();
    if (findings[i].outcome == Outcome::kWarn) findings[i].remedy = rule.remedy;
  }
  if (findings.empty()) {
    findings.push_back(
        MakeFinding(rule, Outcome::kIndeterminate, CpuSet(), "No online CPU is recorded."));
  }
  return findings;
}

}  // namespace

const Rule kCpuIdentityKnown{
    .id = "cpu.identity.known",
    .title = "The CPU is one whose feature bits can be believed",
    .spec = "[intel/sdm-vol2] CPUID, [amd/apm-vol3] E.3",
    .severity = Severity::kMedium,
    .remedy =
        "Record the machine again with vtprobe record; where a hypervisor made up the CPU, give it "
        "the vendor and the features of one that exists.",
    .reads = [](Selection* selection) { selection->Add(registers::FeatureRegisters()); },
    .judge = Judge};

}  // namespace vtprobe::rules
