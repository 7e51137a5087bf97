// What all rules about MSRs of single CPUs have in common: whether a CPU has
// the registers, whether they were read, and which CPUs are alike.
//
// On a machine no two CPUs of which are alike, this is done for each CPU and
// each rule. So what CPUID decides is decided once for all CPUs of a kind, and
// what is to be said of them is put into words once.

#ifndef VTPROBE_PROBES_RULES_SRC_EACH_CPU_H_
#define VTPROBE_PROBES_RULES_SRC_EACH_CPU_H_

#include <functional>
#include <span>
#include <vector>

#include "findings.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// CPUs of one kind that gave the same readings of a rule's MSRs.
struct AlikeCpus {
  const CpuSet& cpus;
  const RegisterView& registers;
  // Of the rule's MSRs, in their order.
  std::span<const MsrReading> readings;
  // One of RuleInput::kinds(). It has no MSRs.
  const RegisterView& kind;
};

// Calls `visit` for all CPUs that have the rule's registers and of which all of
// them were read, one kind after the other. What there is to say of the others
// goes into `findings`.
void ForEachCpu(const Rule& rule, const RuleInput& input, Findings* findings,
                const std::function<void(const AlikeCpus& alike)>& visit);

// The rule's settings: the profile's, or none.
const Settings& SettingsOf(const Rule& rule, const RuleInput& input);

// `rule.check` for each CPU.
std::vector<Finding> JudgeEachCpu(const Rule& rule, const RuleInput& input);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_EACH_CPU_H_
