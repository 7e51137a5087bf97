// Which microcode the CPUs run.

#ifndef VTPROBE_HAL_SRC_LINUX_MICROCODE_H_
#define VTPROBE_HAL_SRC_LINUX_MICROCODE_H_

#include <filesystem>
#include <string>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

// The distinct revisions of these CPUs, ascending: "0x22, 0x28". One is the
// rule; several mean that an update missed some CPUs, or a hybrid part. Falls
// back on /proc/cpuinfo, since a guest has no microcode folder. Empty if
// neither tells.
std::string ReadMicrocode(const std::filesystem::path& root, const CpuSet& online);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_MICROCODE_H_
