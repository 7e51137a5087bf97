// Before a bit is believed: is this a vendor that is known, and a CPU that can
// have the extension its bits claim?

#include <algorithm>
#include <utility>

#include "rules/rules.h"
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

Finding JudgeRow(const Rule& rule, const SnapshotRow& row) {
  const Identity identity = Identify(row);
  const std::vector<Evidence> leaf0 = {EvidenceOf(row, registers::kCpuid0Ebx),
                                       EvidenceOf(row, registers::kCpuid0Edx),
                                       EvidenceOf(row, registers::kCpuid0Ecx)};
  if (!identity.vendor_string) {
    Finding finding = MakeFinding(rule, Outcome::kIndeterminate, row.cpus(),
                                  "CPUID leaf 0 could not be read: " +
                                      std::string(Describe(identity.vendor_string.error())) + ".");
    finding.evidence = leaf0;
    return finding;
  }
  if (*identity.vendor == Vendor::kOther) {
    Finding finding = MakeFinding(rule, Outcome::kWarn, row.cpus(),
                                  "The vendor \"" + *identity.vendor_string +
                                      "\" made no CPU with VMX or SVM that is known.");
    finding.evidence = leaf0;
    return finding;
  }
  const bool claims = Claims(row, registers::kVmx) || Claims(row, registers::kSvm);
  if (PredatesVirtualization(identity) && claims) {
    Finding finding =
        MakeFinding(rule, Outcome::kWarn, row.cpus(),
                    "A CPU of this family predates the extension that its CPUID bits claim.");
    finding.evidence = {EvidenceOf(row, registers::kCpuid1Eax),
                        EvidenceOf(row, registers::kCpuid1Ecx),
                        EvidenceOf(row, registers::kCpuid80000001Ecx)};
    return finding;
  }
  if (Lacks(row, registers::kVmx) && Lacks(row, registers::kSvm)) {
    return MakeFinding(rule, Outcome::kNotApplicable, row.cpus(),
                       "No feature bit claims VMX or SVM.");
  }
  return MakeFinding(rule, Outcome::kPass, row.cpus(),
                     "The vendor is \"" + *identity.vendor_string + "\".");
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const Selection selection = registers::FeatureRegisters();
  std::vector<Finding> findings;
  for (const SnapshotRow& row : input.snapshot.Rows(selection)) {
    Finding finding = JudgeRow(rule, row);
    const auto same = std::find_if(findings.begin(), findings.end(), [&](const Finding& other) {
      return other.outcome == finding.outcome && other.message == finding.message;
    });
    if (same == findings.end()) {
      findings.push_back(std::move(finding));
    } else {
      same->cpus = same->cpus.Union(finding.cpus);
    }
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
    .reads = [](Selection* selection) { selection->Add(registers::FeatureRegisters()); },
    .judge = Judge};

}  // namespace vtprobe::rules
