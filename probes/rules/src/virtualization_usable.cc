// The verdict as a finding, so that a report in any format carries the answer
// beside the rules.

#include "rules.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe::rules {
namespace {

Outcome OutcomeOf(const VirtualizationVerdict& verdict) {
  if (verdict.state == State::kUnsupported) return Outcome::kNotApplicable;
  switch (verdict.usable) {
    case Usable::kYes:
      return Outcome::kPass;
    case Usable::kNo:
    case Usable::kNotYet:
      return Outcome::kFail;
    case Usable::kUnknown:
      // CPUs that disagree fail a host, even where one of them is not understood.
      return verdict.state == State::kInconsistent ? Outcome::kFail : Outcome::kIndeterminate;
  }
  return Outcome::kIndeterminate;
}

// The CPUs that make the outcome what it is.
CpuSet Responsible(const RuleInput& input) {
  CpuGathering cpus;
  for (const VirtualizationGroup& group : input.virtualization.groups) {
    if (group.usable == input.virtualization.usable) cpus.Add(group.cpus);
  }
  return cpus.empty() ? input.snapshot.online() : cpus.Together();
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const VirtualizationVerdict& verdict = input.virtualization;
  Finding finding = MakeFinding(rule, OutcomeOf(verdict), Responsible(input), Headline(verdict));
  for (const VirtualizationGroup& group : verdict.groups) {
    if (group.usable == verdict.usable && !group.evidence.empty()) {
      finding.evidence.push_back(group.evidence.front());
    }
  }
  finding.remedy = Remedy(verdict);
  return {finding};
}

}  // namespace

const Rule kVirtualizationUsable{
    .id = "virtualization.usable",
    .title = "Hardware virtualization is usable on every CPU",
    .spec = "[intel/sdm-vol3] 24.7, [amd/apm-vol2] 15.4",
    .severity = Severity::kCritical,
    .reads = [](Selection* selection) { selection->Add(VirtualizationRegisters()); },
    .judge = Judge};

}  // namespace vtprobe::rules
