// Guests that were run on the machine, as its recording tells of them, beside the registers.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_SEEN_GUESTS_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_SEEN_GUESTS_H_

#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/seen_guests.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// Lets guests decide what no register does: CPUs whose switch was not read and on which
// a guest ran by what needs the extension are usable, those on which one was refused or
// computed wrongly are not. A register that was read and says no stays; that a guest ran
// all the same is kept in the verdict's guests. The state stays what the registers say.
void HoldAgainstGuests(const PlatformSnapshot& snapshot, VirtualizationVerdict* verdict);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_SEEN_GUESTS_H_
