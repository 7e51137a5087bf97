// Recordings of one machine held against each other: what changed since the one before,
// and, of many, in which of them what was otherwise.

#ifndef VTPROBE_PROBES_FLEET_SRC_BOOTS_H_
#define VTPROBE_PROBES_FLEET_SRC_BOOTS_H_

#include "vtprobe/fleet/findings.h"

namespace vtprobe::fleet {

// Sets changes and boots.
void CompareBoots(const Fold& fold, Findings* findings);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_PROBES_FLEET_SRC_BOOTS_H_
