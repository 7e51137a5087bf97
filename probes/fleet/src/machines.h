// The machines of a fold: those that are alone, and of the others the last recording.

#ifndef VTPROBE_PROBES_FLEET_SRC_MACHINES_H_
#define VTPROBE_PROBES_FLEET_SRC_MACHINES_H_

#include <vector>

#include "vtprobe/fleet/findings.h"

namespace vtprobe::fleet {

struct Machines {
  const Pattern* pattern = nullptr;
  Names names;  // of one that has several recordings its own, and not theirs
};

// In an order that the machines alone decide; borrows from the fold.
std::vector<Machines> MachinesOf(const Fold& fold);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_PROBES_FLEET_SRC_MACHINES_H_
