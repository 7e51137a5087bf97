// Who set the switch, where it is known what firmware left: a recording from
// before the operating system proves what the value alone leaves open.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_BEFORE_SYSTEM_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_BEFORE_SYSTEM_H_

#include <vector>

#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// `before` is of the same boot. CPUs that it says nothing of keep their
// attribution, and so do those whose switch was locked with another value then:
// that can't be the same boot. IA32_FEATURE_CONTROL proves firmware only if that
// boot was cold (meta boot), since a warm reset keeps it.
std::vector<VirtualizationGroup> AttributeByWhatWasBefore(std::vector<VirtualizationGroup> groups,
                                                          const PlatformSnapshot& before);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_BEFORE_SYSTEM_H_
