// A capture whose caller brings itself to each CPU, one after the other: where no
// system runs there are no threads to bind, and a program is sent to a CPU by
// firmware. What is asked of a CPU, and what becomes of it, is as in capture.h.

#ifndef VTPROBE_PROBES_CAPTURE_IN_TURN_H_
#define VTPROBE_PROBES_CAPTURE_IN_TURN_H_

#include <memory>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {

// Thread-safety: none; calls may come from several CPUs, one after the other.
class CaptureInTurn {
 public:
  // Of the CPUs of `online`. Starts nothing: the plan's `sequential` and `progress`
  // say nothing here. The readers must outlive it.
  CaptureInTurn(const CapturePlan& plan, const CpuSet& online, MsrReader& msrs, CpuidReader& cpuid);
  ~CaptureInTurn();
  CaptureInTurn(const CaptureInTurn&) = delete;
  CaptureInTurn& operator=(const CaptureInTurn&) = delete;

  // Asks the readers for all of one CPU of `online`; once more, it is what they say
  // then that counts. A call that does not come back leaves the CPU as it was.
  void Read(LogicalCpu cpu);

  // What was read, and once. A CPU for which Read() was not called has no readings.
  PlatformSnapshot Finish(const CpuSet& offline, Metadata metadata);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_IN_TURN_H_
