// Rules about several recordings of one machine, in the order in which they
// were taken: before the system, after a cold boot, a warm reset, a resume.

#ifndef VTPROBE_PROBES_RULES_SRC_SEQUENCE_H_
#define VTPROBE_PROBES_RULES_SRC_SEQUENCE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "findings.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// Two recordings that follow each other.
struct Step {
  const PlatformSnapshot& before;
  const PlatformSnapshot& after;
  std::size_t number = 1;  // of the later one, counted from 1
};

// What became of one MSR of some CPUs in a step.
struct MsrStep {
  const Step& step;
  CpuSet cpus;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

// Asks `judge` about every step of each of the rule's MSRs, for CPUs of which
// both values are known; a register that neither recording holds is left out. A
// recording is held against the one before it, one from before the system
// against the last such one.
std::vector<Finding> JudgeSteps(const Rule& rule, const RuleInput& input,
                                Opinion (*judge)(const MsrDef& msr, const MsrStep& step));

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_SEQUENCE_H_
