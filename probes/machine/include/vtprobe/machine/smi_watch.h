// Whether CPUs are interrupted by system-management interrupts while somebody looks:
// time that a guest misses and no kernel sees. Counters are read at the beginning and
// the end, so nothing is asked of the CPUs meanwhile.

#ifndef VTPROBE_MACHINE_SMI_WATCH_H_
#define VTPROBE_MACHINE_SMI_WATCH_H_

#include <chrono>

#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// Who waits.
class Pause {
 public:
  virtual ~Pause() = default;

  // Waits for so long, or until it is told to stop; gives how long it was.
  virtual std::chrono::milliseconds Wait(std::chrono::seconds time) = 0;

 protected:
  Pause() = default;
  Pause(const Pause&) = default;
  Pause& operator=(const Pause&) = default;
};

// Reads MSR_SMI_COUNT of the snapshot's online CPUs that have it, waits, reads it again,
// and keeps what became of it in the snapshot's metadata: smi.watched_ms, smi.grew and
// smi.unread. Where no CPU gave a count nobody waits, and it was watched for 0 ms. The
// counter has 32 bits and begins anew behind its end. [intel/sdm-vol4] table 2-15
void WatchSmis(MsrReader& msrs, Pause& pause, std::chrono::seconds time,
               PlatformSnapshot* snapshot);

}  // namespace vtprobe

#endif  // VTPROBE_MACHINE_SMI_WATCH_H_
