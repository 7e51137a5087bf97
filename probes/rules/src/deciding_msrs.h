// What has to be read, besides CPUID, to know whether a rule applies to a CPU.

#ifndef VTPROBE_PROBES_RULES_SRC_DECIDING_MSRS_H_
#define VTPROBE_PROBES_RULES_SRC_DECIDING_MSRS_H_

#include <vector>

#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// The MSRs by which a CPU tells whether it has the rule's, and whether it is
// concerned; each stands behind those that its own presence depends on. Some may
// be among the rule's.
std::vector<const MsrDef*> DecidingMsrs(const Rule& rule);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_DECIDING_MSRS_H_
