// The readings of one CPU of one kind, ascending by register: the registers, and
// beside them what each gave.

#ifndef VTPROBE_PROBES_CAPTURE_SRC_READING_LIST_H_
#define VTPROBE_PROBES_CAPTURE_SRC_READING_LIST_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "vtprobe/hal/types.h"

namespace vtprobe {

template <typename KeyType, typename ReadingType>
class ReadingList {
 public:
  using Key = KeyType;
  using Reading = ReadingType;

  // Makes room for so many, so that adding them allocates nothing.
  void Reserve(std::size_t count) {
    keys_.reserve(count);
    readings_.reserve(count);
  }

  // Each register is added once. Quick for one behind all others.
  void Add(const Key& key, const Reading& reading) {
    if (keys_.empty() || Rank(keys_.back()) < Rank(key)) {
      keys_.push_back(key);
      readings_.push_back(reading);
    } else {
      const auto place = static_cast<std::ptrdiff_t>(LowerBound(key));
      keys_.insert(keys_.begin() + place, key);
      readings_.insert(readings_.begin() + place, reading);
    }
  }

  // Side by side.
  std::span<const Key> keys() const { return keys_; }
  std::span<const Reading> readings() const { return readings_; }
  std::span<Reading> readings() { return readings_; }

  // What the register gave; null if it is not there. Quick for the first one.
  const Reading* Find(const Key& key) const {
    // Leaf 0, the vendor, is what most gates ask for first.
    const bool is_first = !keys_.empty() && Rank(keys_.front()) == Rank(key);
    const std::size_t place = is_first ? 0 : LowerBound(key);
    return place < keys_.size() && Rank(keys_[place]) == Rank(key) ? &readings_[place] : nullptr;
  }

 private:
  // A register's place in the order, as one number: a gate looks up dozens.
  static std::uint64_t Rank(MsrAddress address) { return Number(address); }
  static std::uint64_t Rank(const CpuidLeaf& leaf) {
    return std::uint64_t{leaf.leaf} << 32 | leaf.subleaf;
  }

  std::size_t LowerBound(const Key& key) const {
    const auto found =
        std::lower_bound(keys_.begin(), keys_.end(), Rank(key),
                         [](const Key& each, std::uint64_t rank) { return Rank(each) < rank; });
    return static_cast<std::size_t>(found - keys_.begin());
  }

  std::vector<Key> keys_;
  std::vector<Reading> readings_;
};

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_SRC_READING_LIST_H_
