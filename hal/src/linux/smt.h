// Whether the cores run two threads each.

#ifndef VTPROBE_HAL_SRC_LINUX_SMT_H_
#define VTPROBE_HAL_SRC_LINUX_SMT_H_

#include <filesystem>
#include <string_view>

namespace vtprobe {

// "on", "off", "none" where the CPUs can't, or nothing. [linux]
// Documentation/ABI/testing/sysfs-devices-system-cpu
std::string_view ReadSmt(const std::filesystem::path& root);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_SMT_H_
