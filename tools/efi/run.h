// What the program does from its start to its end.

#ifndef VTPROBE_EFI_RUN_H_
#define VTPROBE_EFI_RUN_H_

#include "firmware.h"
#include "local_cpu.h"

namespace vtprobe::efi {

// kSuccess where the recording is where it was wanted; else why it is not, though it
// may have gone over the serial line instead.
uefi::Status Run(const Firmware& firmware, LocalCpu& cpu);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_RUN_H_
