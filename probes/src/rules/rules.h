// The rules' declarations, made from rules.def.

#ifndef VTPROBE_PROBES_SRC_RULES_RULES_H_
#define VTPROBE_PROBES_SRC_RULES_RULES_H_

#include <string>
#include <vector>

#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

#define VTPROBE_RULE(constant) extern const Rule constant;
#include "vtprobe/probes/rules.def"
#undef VTPROBE_RULE

// A finding of the rule, without evidence and remedy.
Finding MakeFinding(const Rule& rule, Outcome outcome, CpuSet cpus, std::string message);

// The CPUs outside the largest of these groups; if there is no single largest
// one, all of them.
CpuSet OutsideLargest(const std::vector<CpuSet>& groups);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_SRC_RULES_RULES_H_
