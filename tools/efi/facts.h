// What firmware says of itself, the board and the time, as a recording's metadata.

#ifndef VTPROBE_EFI_FACTS_H_
#define VTPROBE_EFI_FACTS_H_

#include "firmware.h"
#include "vtprobe/hal/metadata.h"

namespace vtprobe::efi {

// With stage and provenance. What firmware does not say is not there.
Metadata Facts(const Firmware& firmware);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_FACTS_H_
