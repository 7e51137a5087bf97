// How far the kernel is locked down. It explains why registers that can be read
// can't be written.

#ifndef VTPROBE_HAL_SRC_LINUX_LOCKDOWN_H_
#define VTPROBE_HAL_SRC_LINUX_LOCKDOWN_H_

#include <filesystem>
#include <string>

namespace vtprobe {

// none, integrity or confidentiality; empty if the kernel doesn't tell.
std::string ReadLockdown(const std::filesystem::path& root);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_LOCKDOWN_H_
