// A bit for each CPU number up to the highest that was named, handled a word at
// a time, so that "was any of these CPUs named before?" costs the same after a
// million blocks as after one.

#ifndef VTPROBE_HAL_SRC_SNAPSHOT_CPU_BITMAP_H_
#define VTPROBE_HAL_SRC_SNAPSHOT_CPU_BITMAP_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

class CpuBitmap {
 public:
  bool Intersects(const CpuSet& cpus) const {
    for (const CpuSet::Range& range : cpus.ranges()) {
      const std::size_t end = std::min(range.last / kBits + 1, words_.size());
      for (std::size_t word = range.first / kBits; word < end; ++word) {
        if ((words_[word] & Mask(range, word)) != 0) return true;
      }
    }
    return false;
  }

  // Requires a set that is not empty.
  void Add(const CpuSet& cpus) {
    words_.resize(std::max(words_.size(), WordsFor(cpus.Last())));
    for (const CpuSet::Range& range : cpus.ranges()) {
      for (std::size_t word = range.first / kBits; word <= range.last / kBits; ++word) {
        words_[word] |= Mask(range, word);
      }
    }
  }

  // How much memory a bit for this CPU and for each below it takes, in words.
  static std::size_t WordsFor(LogicalCpu highest) { return Number(highest) / kBits + 1; }

  CpuSet ToSet() const {
    std::vector<CpuSet::Range> ranges;
    for (std::size_t word = 0; word < words_.size(); ++word) {
      for (std::uint64_t rest = words_[word]; rest != 0; rest &= rest - 1) {
        const auto cpu = static_cast<std::uint32_t>(
            word * kBits + static_cast<std::size_t>(std::countr_zero(rest)));
        if (!ranges.empty() && ranges.back().last + 1 == cpu) {
          ranges.back().last = cpu;
        } else {
          ranges.push_back({cpu, cpu});
        }
      }
    }
    return CpuSet(std::move(ranges));
  }

 private:
  static constexpr std::size_t kBits = 64;

  // The bits of that word which stand for CPUs of the range.
  static constexpr std::uint64_t Mask(const CpuSet::Range& range, std::size_t word) {
    std::uint64_t mask = ~std::uint64_t{0};
    if (word == range.first / kBits) mask &= ~std::uint64_t{0} << range.first % kBits;
    if (word == range.last / kBits) mask &= ~std::uint64_t{0} >> (kBits - 1 - range.last % kBits);
    return mask;
  }

  std::vector<std::uint64_t> words_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_SNAPSHOT_CPU_BITMAP_H_
