// Finds equal things among many: which register stands in which column, which
// CPUs gave the same value.
//
// An open hash table of positions: the things themselves stay where they are,
// and one costs 4 to 8 bytes here. A recording may come from anybody, so the
// hash is salted with the address of the table, which nobody who writes a file
// knows: there is no file whose registers or values all collide.

#ifndef VTPROBE_HAL_SRC_SNAPSHOT_SALTED_INDEX_H_
#define VTPROBE_HAL_SRC_SNAPSHOT_SALTED_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vtprobe {

// What of a thing is hashed. Equal things have equal bits.
struct IndexedBits {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

class SaltedIndex {
 public:
  SaltedIndex() = default;
  // For so many things.
  explicit SaltedIndex(std::size_t count) { MakeRoom(count); }

  // The position of the thing that has these bits and that `is_same(position)`
  // knows as the same; `next`, which is how many there were, if there is none,
  // and from then on it is there. `bits_at(position)` gives the bits of a thing
  // that was added before.
  template <typename IsSame, typename BitsAt>
  std::uint32_t FindOrAdd(const IndexedBits& bits, std::uint32_t next, const IsSame& is_same,
                          const BitsAt& bits_at) {
    // At most three quarters full.
    if ((std::size_t{next} + 1) * 4 > slots_.size() * 3) Grow(next, bits_at);
    std::size_t slot = Hash(bits);
    while (slots_[slot] != kEmpty) {
      if (is_same(slots_[slot])) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = next;
    return next;
  }

 private:
  static constexpr std::uint32_t kEmpty = ~std::uint32_t{0};
  static constexpr std::size_t kSmallest = 64;

  static std::uint64_t Mix(std::uint64_t bits, std::uint64_t factor) {
    bits = (bits ^ bits >> 33) * 0xff51afd7ed558ccd;
    return (bits ^ bits >> 33) * factor;
  }

  // After MurmurHash3's finalizer, with the salt before and in it.
  std::size_t Hash(const IndexedBits& bits) const {
    const std::uint64_t mixed = Mix(Mix(bits.low ^ salt_, salt_ | 1) ^ bits.high, salt_ | 1);
    return static_cast<std::size_t>(mixed >> 32) & (slots_.size() - 1);
  }

  // Leaves the table empty.
  void MakeRoom(std::size_t count) {
    std::size_t size = kSmallest;
    while (count * 4 > size * 3) size *= 2;
    slots_ = {};
    slots_.assign(size, kEmpty);
    salt_ = std::uint64_t{reinterpret_cast<std::uintptr_t>(slots_.data())} * 0x9e3779b97f4a7c15;
  }

  template <typename BitsAt>
  void Grow(std::uint32_t count, const BitsAt& bits_at) {
    MakeRoom(std::size_t{count} + 1);
    for (std::uint32_t position = 0; position < count; ++position) {
      std::size_t slot = Hash(bits_at(position));
      while (slots_[slot] != kEmpty) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = position;
    }
  }

  std::vector<std::uint32_t> slots_;  // a power of two of them, or none
  std::uint64_t salt_ = 0;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_SNAPSHOT_SALTED_INDEX_H_
