// What was read, on one screen: to be understood by somebody who photographs it.

#ifndef VTPROBE_EFI_SCREEN_H_
#define VTPROBE_EFI_SCREEN_H_

#include <string>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe::efi {

// Lines of at most 79 letters, 23 of them at most, each with its line end.
std::string Screen(const PlatformSnapshot& snapshot);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_SCREEN_H_
