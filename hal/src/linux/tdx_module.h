#ifndef VTPROBE_HAL_SRC_LINUX_TDX_MODULE_H_
#define VTPROBE_HAL_SRC_LINUX_TDX_MODULE_H_

#include <filesystem>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// What the kernel says of the TDX module. [linux] Documentation/arch/x86/tdx.rst
void ReadTdxModule(const std::filesystem::path& root, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_TDX_MODULE_H_
