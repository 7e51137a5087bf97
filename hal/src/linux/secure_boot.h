// Whether firmware only starts what it knows the signature of.

#ifndef VTPROBE_HAL_SRC_LINUX_SECURE_BOOT_H_
#define VTPROBE_HAL_SRC_LINUX_SECURE_BOOT_H_

#include <filesystem>
#include <string>

namespace vtprobe {

// on; off; setup-mode: off, and whoever comes first may enroll keys;
// legacy-boot: the system was not started through UEFI. Empty if neither the
// kernel nor the variables tell.
std::string ReadSecureBoot(const std::filesystem::path& root);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_SECURE_BOOT_H_
