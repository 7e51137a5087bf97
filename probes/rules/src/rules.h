// The rules' declarations, made from rules.def.

#ifndef VTPROBE_PROBES_RULES_SRC_RULES_H_
#define VTPROBE_PROBES_RULES_SRC_RULES_H_

#include "findings.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

#define VTPROBE_RULE(constant, ...) extern const Rule constant;
#define VTPROBE_PROFILE_RULE(constant, ...) extern const Rule constant;
#define VTPROBE_PROOF_RULE(constant, ...) extern const Rule constant;
#include "vtprobe/probes/rules.def"
#undef VTPROBE_PROOF_RULE
#undef VTPROBE_PROFILE_RULE
#undef VTPROBE_RULE

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_RULES_H_
