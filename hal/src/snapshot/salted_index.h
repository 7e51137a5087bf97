// Which register stands in which column, for recordings whose registers are not
// in ascending order.
//
// An open hash table of positions: the keys stay where they are, so a register
// costs 4 to 8 bytes here. A recording may come from anybody, so the hash is
// salted with the address of the table, which nobody who writes a file knows:
// there is no file whose registers all collide.

#ifndef VTPROBE_HAL_SRC_SNAPSHOT_KEY_INDEX_H_
#define VTPROBE_HAL_SRC_SNAPSHOT_KEY_INDEX_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "vtprobe/hal/types.h"

namespace vtprobe {

class KeyIndex {
 public:
  // The position of `key`, which is `next` if it was not there and is now.
  // `key_at(position)` gives the key of a position handed out before; `next`
  // is how many there are.
  template <typename Key, typename KeyAt>
  std::uint32_t FindOrAdd(const Key& key, std::uint32_t next, const KeyAt& key_at) {
    // At most three quarters full.
    if ((std::size_t{next} + 1) * 4 > slots_.size() * 3) Grow(next, key_at);
    std::size_t slot = Hash(key);
    while (slots_[slot] != kEmpty) {
      if (key_at(slots_[slot]) == key) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    slots_[slot] = next;
    return next;
  }

 private:
  static constexpr std::uint32_t kEmpty = ~std::uint32_t{0};
  static constexpr std::size_t kSmallest = 64;

  static std::uint64_t Bits(MsrAddress address) { return Number(address); }
  static std::uint64_t Bits(const CpuidLeaf& leaf) {
    return std::uint64_t{leaf.leaf} << 32 | leaf.subleaf;
  }

  // After MurmurHash3's finalizer, with the salt before and in it.
  template <typename Key>
  std::size_t Hash(const Key& key) const {
    std::uint64_t bits = Bits(key) ^ salt_;
    bits = (bits ^ bits >> 33) * 0xff51afd7ed558ccd;
    bits = (bits ^ bits >> 33) * (salt_ | 1);
    return static_cast<std::size_t>(bits >> 32) & (slots_.size() - 1);
  }

  template <typename KeyAt>
  void Grow(std::uint32_t count, const KeyAt& key_at) {
    std::size_t size = kSmallest;
    while ((std::size_t{count} + 1) * 4 > size * 3) size *= 2;
    slots_ = {};
    slots_.assign(size, kEmpty);
    salt_ = std::uint64_t{std::bit_cast<std::uintptr_t>(slots_.data())} * 0x9e3779b97f4a7c15;
    for (std::uint32_t position = 0; position < count; ++position) {
      std::size_t slot = Hash(key_at(position));
      while (slots_[slot] != kEmpty) slot = (slot + 1) & (size - 1);
      slots_[slot] = position;
    }
  }

  std::vector<std::uint32_t> slots_;  // a power of two of them, or none
  std::uint64_t salt_ = 0;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_SNAPSHOT_KEY_INDEX_H_
