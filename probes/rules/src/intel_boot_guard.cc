// Boot Guard starts a module of Intel's before firmware, which verifies or measures
// it. Whether a machine has to be verified is for a profile to say ([expect]); that
// the module is one of those which Intel took back is wrong on any.

#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {

using registers::kBootGuardSacmInfo;

const Rule kIntelBootGuard{
    .id = "intel.boot_guard.not_revoked",
    .title = "The module that starts firmware is not one that was revoked",
    .spec = kBootGuardSacmInfo.spec,
    .severity = Severity::kHigh,
    .remedy = "Update the firmware, which brings the module (ACM) along.",
    .msrs = {&kBootGuardSacmInfo},
    .fault_means_absent = true,
    .check = BitsAre<kBootGuardSacmInfo, 0, kBootGuardSacmInfo["MODULE_REVOKED"].mask()>};

}  // namespace vtprobe::rules
