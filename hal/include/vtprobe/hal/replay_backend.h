// A recording in the place of the hardware.
//
// What the recording does not hold is answered kNotRecorded; a CPU that it
// declares offline, kCpuOffline; a CPUID answer with unrecorded registers is
// kNotRecorded as a whole, since a reader's answer has four registers.

#ifndef VTPROBE_HAL_REPLAY_BACKEND_H_
#define VTPROBE_HAL_REPLAY_BACKEND_H_

#include <cstdint>
#include <utility>

#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// Thread-safety: all calls may run at the same time.
class ReplayBackend final : public MsrReader, public CpuidReader {
 public:
  explicit ReplayBackend(PlatformSnapshot snapshot) : snapshot_(std::move(snapshot)) {}

  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override;
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override;

  const PlatformSnapshot& snapshot() const { return snapshot_; }

 private:
  PlatformSnapshot snapshot_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_REPLAY_BACKEND_H_
