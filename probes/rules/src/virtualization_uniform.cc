// One CPU that firmware forgot is enough for a hypervisor to refuse the host.
// This rule names it.

#include <map>
#include <string>

#include "rules.h"
#include "uniformity.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe::rules {
namespace {

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const CpuSet& online = input.snapshot.online();
  if (online.Count() < 2) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, std::string(kOneCpu))};
  }
  std::map<State, CpuGathering> by_state;
  CpuGathering unread;
  for (const VirtualizationGroup& group : input.virtualization.groups) {
    (group.state == State::kIndeterminate ? unread : by_state[group.state]).Add(group.cpus);
  }
  if (by_state.size() > 1) {
    std::vector<CpuSet> camps;
    std::string message = "CPUs disagree:";
    for (const auto& [state, cpus] : by_state) {
      message += camps.empty() ? " " : ", ";
      camps.push_back(cpus.Together());
      message += camps.back().ToString() + " " + std::string(Name(state));
    }
    Finding finding = MakeFinding(rule, Outcome::kFail, OutsideLargest(camps), message + ".");
    for (const VirtualizationGroup& group : input.virtualization.groups) {
      if (!group.evidence.empty()) finding.evidence.push_back(group.evidence.front());
    }
    finding.remedy = Remedy(input.virtualization);
    return {finding};
  }
  if (!unread.empty()) {
    return {MakeFinding(rule, Outcome::kIndeterminate, unread.Together(),
                        "Not every CPU's state is known, so they can't be compared.")};
  }
  const State state = by_state.begin()->first;
  if (state == State::kUnsupported || state == State::kHiddenByHypervisor) {
    return {MakeFinding(rule, Outcome::kNotApplicable, online, "No CPU offers the extension.")};
  }
  return {
      MakeFinding(rule, Outcome::kPass, online, "All CPUs are " + std::string(Name(state)) + ".")};
}

}  // namespace

const Rule kVirtualizationUniform{
    .id = "virtualization.uniform",
    .title = "Every CPU is in the same virtualization state",
    .spec = "[intel/sdm-vol3] 24.7, [amd/apm-vol2] 15.4",
    .severity = Severity::kCritical,
    .reads = [](Selection* selection) { selection->Add(VirtualizationRegisters()); },
    .judge = Judge};

}  // namespace vtprobe::rules
