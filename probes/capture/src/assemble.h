// From the readings of each CPU to the snapshot of all.

#ifndef VTPROBE_PROBES_CAPTURE_SRC_ASSEMBLE_H_
#define VTPROBE_PROBES_CAPTURE_SRC_ASSEMBLE_H_

#include <vector>

#include "cpu_readings.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// A slot holds the readings of one CPU; they are as many and in the same order.
// What all CPUs gave alike is stored once.
PlatformSnapshot Assemble(const CpuSet& cpus, const std::vector<CpuReadings>& slots,
                          const CpuSet& offline, Metadata metadata);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_SRC_ASSEMBLE_H_
