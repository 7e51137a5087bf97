// XXH64 with seed 0, the checksum of binary dumps: it runs at the speed of
// memory, and other tools can verify it (xxhsum -H1).

#ifndef VTPROBE_HAL_SRC_DUMP_XXH64_H_
#define VTPROBE_HAL_SRC_DUMP_XXH64_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace vtprobe {

inline std::uint64_t Xxh64(std::string_view bytes) {
  constexpr std::uint64_t kPrime1 = 0x9e3779b185ebca87;
  constexpr std::uint64_t kPrime2 = 0xc2b2ae3d27d4eb4f;
  constexpr std::uint64_t kPrime3 = 0x165667b19e3779f9;
  constexpr std::uint64_t kPrime4 = 0x85ebca77c2b2ae63;
  constexpr std::uint64_t kPrime5 = 0x27d4eb2f165667c5;
  const auto take = [&bytes]<typename Unsigned>(Unsigned value) {
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return std::uint64_t{value};
  };
  const auto round = [](std::uint64_t lane, std::uint64_t input) {
    return std::rotl(lane + input * kPrime2, 31) * kPrime1;
  };

  const std::size_t size = bytes.size();
  std::uint64_t hash = kPrime5;
  if (size >= 32) {
    std::uint64_t lanes[4] = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
    while (bytes.size() >= 32) {
      for (std::uint64_t& lane : lanes) lane = round(lane, take(std::uint64_t{}));
    }
    hash = std::rotl(lanes[0], 1) + std::rotl(lanes[1], 7) + std::rotl(lanes[2], 12) +
           std::rotl(lanes[3], 18);
    for (const std::uint64_t lane : lanes) {
      hash = (hash ^ round(0, lane)) * kPrime1 + kPrime4;
    }
  }
  hash += size;
  while (bytes.size() >= 8) {
    hash = std::rotl(hash ^ round(0, take(std::uint64_t{})), 27) * kPrime1 + kPrime4;
  }
  if (bytes.size() >= 4) {
    hash = std::rotl(hash ^ take(std::uint32_t{}) * kPrime1, 23) * kPrime2 + kPrime3;
  }
  while (!bytes.empty()) {
    hash = std::rotl(hash ^ take(std::uint8_t{}) * kPrime5, 11) * kPrime1;
  }
  hash = (hash ^ hash >> 33) * kPrime2;
  hash = (hash ^ hash >> 29) * kPrime3;
  return hash ^ hash >> 32;
}

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_DUMP_XXH64_H_
