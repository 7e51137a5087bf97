// Firmware versions and microcode revisions, oldest first.

#ifndef VTPROBE_PROBES_FLEET_SRC_LEVELS_H_
#define VTPROBE_PROBES_FLEET_SRC_LEVELS_H_

#include <vector>

#include "machines.h"

namespace vtprobe::fleet {

// By board: by date where each version of the board has one that can be read, and
// else by version.
std::vector<Level> FirmwareLevels(const std::vector<Machines>& machines);
// By signature.
std::vector<Level> MicrocodeLevels(const std::vector<Machines>& machines);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_PROBES_FLEET_SRC_LEVELS_H_
