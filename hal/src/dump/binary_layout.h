// The layout of a binary dump, for its writer and its reader. Numbers are
// little-endian; sections follow the header in the order of the counts, each
// filled up with zeros to a multiple of 8 bytes.

#ifndef VTPROBE_HAL_SRC_DUMP_BINARY_LAYOUT_H_
#define VTPROBE_HAL_SRC_DUMP_BINARY_LAYOUT_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/reading_table.h"

namespace vtprobe::binary {

// Like PNG's: a byte that is no text, and line ends that a transfer as text
// would change.
inline constexpr std::string_view kMagic = "\x89VTPB\r\n\x1a";
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::uint32_t kVersionWithBits = 2;  // MSRs of which some bits are known

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t reserved;  // 0
  std::uint64_t size;      // of the whole file, in bytes
  std::uint64_t checksum;  // XXH64, seed 0, of all behind it
  std::uint32_t metadata_bytes;
  std::uint32_t online_ranges;
  std::uint32_t offline_ranges;
  std::uint32_t sets;
  std::uint32_t set_ranges;
  std::uint32_t msrs;
  std::uint32_t msr_readings;
  std::uint32_t leaves;
  std::uint32_t leaf_readings;
  std::uint32_t reserved_too;  // 0
};
static_assert(sizeof(Header) == 72 && offsetof(Header, checksum) == 24);
inline constexpr std::size_t kChecked = 32;  // from here on the checksum holds

constexpr std::uint64_t Padded(std::uint64_t size) { return (size + 7) / 8 * 8; }

// A stored reading begins with what was read, and the set and the failure stand
// behind that.
struct Places {
  std::size_t set;
  std::size_t size;

  std::size_t failure() const { return set + 4; }
};
// Of an MSR: its value and, from version 2 on, the mask of the bits that are known.
constexpr Places PlacesOf(const MsrCell*, std::uint32_t version) {
  return version == kVersion ? Places{8, 16} : Places{16, 24};
}
// Of CPUID: the four registers; a byte, which of them are recorded, stands before
// the failure.
constexpr Places PlacesOf(const CpuidCell*, std::uint32_t) { return {16, 24}; }

static_assert(std::endian::native == std::endian::little,
              "the file is, and is read as it lies in memory: on no big-endian machine");
// The file holds these as memory does.
static_assert(std::is_trivially_copyable_v<CpuidCell> && sizeof(CpuidCell) == 24 &&
              offsetof(CpuidCell, registers) == 0 && offsetof(CpuidCell, set) == 16 &&
              offsetof(CpuidCell, recorded) == 20 && offsetof(CpuidCell, failure) == 21);
static_assert(sizeof(MsrAddress) == 4 && sizeof(CpuidLeaf) == 8 && sizeof(CpuSet::Range) == 8);

}  // namespace vtprobe::binary

#endif  // VTPROBE_HAL_SRC_DUMP_BINARY_LAYOUT_H_
