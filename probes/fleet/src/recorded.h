// What of a machine is recorded, registers and CPUs, held against what is of its like: a
// machine without a CPU that they have was not recorded whole, or lost it, and one with
// more CPUs has something switched on that they have off.

#ifndef VTPROBE_PROBES_FLEET_SRC_RECORDED_H_
#define VTPROBE_PROBES_FLEET_SRC_RECORDED_H_

#include <vector>

#include "machines.h"
#include "vtprobe/fleet/findings.h"

namespace vtprobe::fleet {

// Adds to `unread` the machines that lack registers which most of their like recorded, or
// lack them on CPUs on which most have them.
void AddMissing(const Fold& fold, const std::vector<Machines>& machines, Findings* findings);

// Sets more_cpus.
void AddMoreCpus(const Fold& fold, const std::vector<Machines>& machines, Findings* findings);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_PROBES_FLEET_SRC_RECORDED_H_
