// Puts a snapshot together, block by block: "these CPUs gave these readings".
//
// It refuses what a snapshot can't mean (one register of one CPU twice, a CPU
// both online and offline) at the call that says it, so that a parser can
// point at the place. Memory grows with the number of calls, whatever the
// sizes of the sets.

#ifndef VTPROBE_HAL_SNAPSHOT_BUILDER_H_
#define VTPROBE_HAL_SNAPSHOT_BUILDER_H_

#include <cstdint>
#include <memory>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

class SnapshotBuilder {
 public:
  SnapshotBuilder();
  ~SnapshotBuilder();
  SnapshotBuilder(SnapshotBuilder&&) noexcept;
  SnapshotBuilder& operator=(SnapshotBuilder&&) noexcept;

  Metadata& metadata();

  // What follows is said of these CPUs. False, and nothing opened, if one of
  // them was opened before with the other presence. The set must not be empty.
  enum class Presence : std::uint8_t { kOnline, kOffline };
  [[nodiscard]] bool OpenBlock(CpuSet cpus, Presence presence = Presence::kOnline);

  // Adds a reading of the open block's CPUs. False, and nothing added, if one
  // of them has a reading of that register already. A reading of kNotRecorded
  // is stored like any other failure.
  [[nodiscard]] bool AddMsr(MsrAddress address, MsrReading reading);
  [[nodiscard]] bool AddCpuid(CpuidLeaf leaf, CpuidReading reading);

  // Leaves the builder empty.
  PlatformSnapshot Build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SNAPSHOT_BUILDER_H_
