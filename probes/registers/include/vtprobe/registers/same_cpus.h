// Which CPUs of two recordings of one machine are the same. Firmware counts CPUs
// otherwise than a system does, and a system that started with one CPU less otherwise than
// with all: the number says nothing, the APIC id does.

#ifndef VTPROBE_REGISTERS_SAME_CPUS_H_
#define VTPROBE_REGISTERS_SAME_CPUS_H_

#include <optional>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe::registers {

// `recording` with the numbers that `like` gives to CPUs of the same APIC ids. A CPU that
// `like` does not have, or of which no APIC id was read, keeps its number where nobody else
// gets it, and gets one behind all of both otherwise.
//
// Nothing if there is nothing to change: the numbers are those, or the ids say nothing, as
// where several CPUs have the same one, or where each recording has some that the other
// lacks, so that it was not the CPUs that were counted otherwise.
std::optional<PlatformSnapshot> NumberedLike(const PlatformSnapshot& recording,
                                             const PlatformSnapshot& like);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_SAME_CPUS_H_
