// The machines that benchmarks look at: Intel hosts of any size on which VT-x
// is enabled if nothing else is said, with every register that a check reads of such a host and no
// other.

#ifndef VTPROBE_BENCH_MACHINES_H_
#define VTPROBE_BENCH_MACHINES_H_

#include <cstdint>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe::bench {

// kUniform: all CPUs give the same readings, their APIC ids included.
// kDistinct: no two CPUs do, in any MSR: the worst there is for grouping them.
// kDiscordant: besides, one CPU in four each is enabled, restricted to SMX,
// disabled and not locked.
enum class Likeness : std::uint8_t { kUniform, kDistinct, kDiscordant };

PlatformSnapshot MakeMachine(std::uint32_t cpus, Likeness likeness);

}  // namespace vtprobe::bench

#endif  // VTPROBE_BENCH_MACHINES_H_
