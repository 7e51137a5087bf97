// /proc/cpuinfo, for hosts whose sysfs is missing or says less.

#ifndef VTPROBE_HAL_SRC_LINUX_CPUINFO_H_
#define VTPROBE_HAL_SRC_LINUX_CPUINFO_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vtprobe {

// The values of a field such as "processor", one for each online CPU that has
// it, in the file's order. Empty if there is none.
std::vector<std::string> ReadCpuinfoField(const std::filesystem::path& root,
                                          std::string_view field);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_CPUINFO_H_
