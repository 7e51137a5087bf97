// Whether CPUs that were read are as many as they say.

#ifndef VTPROBE_PROBES_CAPTURE_SRC_DISTINCT_APIC_IDS_H_
#define VTPROBE_PROBES_CAPTURE_SRC_DISTINCT_APIC_IDS_H_

#include <vector>

#include "cpu_readings.h"

namespace vtprobe {

// Makes the CPUID readings of those CPUs that give the same APIC id as another one
// kNotPinned (CapturePlan::distinct_apic_ids).
void DistrustSharedApicIds(std::vector<CpuReadings>* slots);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_SRC_DISTINCT_APIC_IDS_H_
