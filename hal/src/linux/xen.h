// What Xen says of itself to its domains: which of its features this one has,
// and which kinds of guests it starts.

#ifndef VTPROBE_HAL_SRC_LINUX_XEN_H_
#define VTPROBE_HAL_SRC_LINUX_XEN_H_

#include <filesystem>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// Sets xen.features and xen.capabilities as /sys/hypervisor/properties shows
// them; nothing where there is no Xen.
void ReadXen(const std::filesystem::path& root, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_XEN_H_
