// What the AMD Secure Processor says of how the part was fused and what it enforces,
// which its driver (ccp) shows to everybody.

#ifndef VTPROBE_HAL_SRC_LINUX_PSP_H_
#define VTPROBE_HAL_SRC_LINUX_PSP_H_

#include <filesystem>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// Sets psp.ATTRIBUTE to 0 or 1, of the first device by name that has it. [linux]
// Documentation/ABI/testing/sysfs-driver-ccp
void ReadPsp(const std::filesystem::path& root, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_PSP_H_
