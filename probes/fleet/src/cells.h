// A machine's readings as they are compared with those of others.

#ifndef VTPROBE_PROBES_FLEET_SRC_CELLS_H_
#define VTPROBE_PROBES_FLEET_SRC_CELLS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "vtprobe/fleet/comparable.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe::fleet {

struct ReadCells {
  std::vector<Cell> compared;  // by register and core type
  std::vector<Cell> own;       // of bits that differ between machines alone
  // What of the online CPUs was not read, and which are offline, a sentence each.
  std::vector<std::string> unread;
};

// "CPU 4 is offline", one of the sentences of `unread`.
std::string OfflineText(const CpuSet& cpus);

ReadCells CellsOf(const PlatformSnapshot& snapshot, Comparable* comparable);

// The bits of a mask; the others are 0 and stay known. A failure is as it was.
RegisterReading Only(std::uint64_t mask, const RegisterReading& reading);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_PROBES_FLEET_SRC_CELLS_H_
