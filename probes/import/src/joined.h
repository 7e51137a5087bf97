// What two sources say of one register of one CPU, as one.

#ifndef VTPROBE_PROBES_IMPORT_SRC_JOINED_H_
#define VTPROBE_PROBES_IMPORT_SRC_JOINED_H_

#include <optional>

#include "vtprobe/hal/register_view.h"

namespace vtprobe::import {

// What is known when both are. Bits of an MSR and registers of a CPUID answer
// complete each other, and a failure that says nothing of the register gives way to
// what was read. Where a register changes by itself the first stands. Nothing if
// they contradict each other.
std::optional<MsrReading> Joined(MsrAddress address, const MsrReading& first,
                                 const MsrReading& second);
std::optional<CpuidReading> Joined(CpuidLeaf leaf, const CpuidReading& first,
                                   const CpuidReading& second);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_JOINED_H_
