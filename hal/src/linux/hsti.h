#ifndef VTPROBE_HAL_SRC_LINUX_HSTI_H_
#define VTPROBE_HAL_SRC_LINUX_HSTI_H_

#include <filesystem>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// What firmware left of its own tests. [microsoft/hsti]
void ReadHsti(const std::filesystem::path& root, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_HSTI_H_
