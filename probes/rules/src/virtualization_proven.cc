// Guests that were run on each CPU, as a finding beside the others. There is one only where
// there is a proof, and who has that makes it (proof_finding.h of the reports): here stands
// what it is about.

#include "rules.h"

namespace vtprobe::rules {

const Rule kVirtualizationProven{.id = "virtualization.proven",
                                 .title = "Guests run on every CPU, by KVM",
                                 .spec = "[linux] Documentation/virt/kvm/api.rst",
                                 .severity = Severity::kCritical,
                                 .in_guests = true};

}  // namespace vtprobe::rules
