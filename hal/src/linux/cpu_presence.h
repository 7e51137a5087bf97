// Which CPUs the host has, and which of them run.

#ifndef VTPROBE_HAL_SRC_LINUX_CPU_PRESENCE_H_
#define VTPROBE_HAL_SRC_LINUX_CPU_PRESENCE_H_

#include <filesystem>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

// Empty if neither sysfs nor /proc/cpuinfo tells.
CpuSet ReadOnlineCpus(const std::filesystem::path& root);

// The present CPUs that are not in `online`. The kernel's own list of offline
// CPUs is no use: it goes on to every CPU that could be plugged in some day.
// Empty if sysfs doesn't tell.
CpuSet ReadOfflineCpus(const std::filesystem::path& root, const CpuSet& online);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_CPU_PRESENCE_H_
