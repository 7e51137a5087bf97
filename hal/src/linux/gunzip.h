// Unpacking what Linux offers only packed: its own configuration.

#ifndef VTPROBE_HAL_SRC_LINUX_GUNZIP_H_
#define VTPROBE_HAL_SRC_LINUX_GUNZIP_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vtprobe {

// The content of the gzip file, whose checksum and length are verified. Nothing
// if it is damaged, cut short, not gzip, or unpacks to more than `max_bytes`.
std::optional<std::string> Gunzip(std::string_view packed, std::size_t max_bytes);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_GUNZIP_H_
