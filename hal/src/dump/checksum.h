// The checksum of binary dumps: XXH64 with seed 0. It runs at the speed of
// memory, and other tools can verify it (xxhsum -H1).

#ifndef VTPROBE_HAL_SRC_DUMP_CHECKSUM_H_
#define VTPROBE_HAL_SRC_DUMP_CHECKSUM_H_

#include <cstdint>
#include <string_view>

namespace vtprobe {

std::uint64_t Checksum(std::string_view bytes);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_DUMP_CHECKSUM_H_
