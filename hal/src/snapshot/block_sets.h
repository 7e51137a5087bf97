// The CPUs of each block that a snapshot is put together from.
//
// Whether the open block shares a CPU with an earlier one is asked for each of
// its registers, and worked out once: sets that interleave (every second CPU,
// every fourth) take as long to compare as they are long.

#ifndef VTPROBE_HAL_SRC_SNAPSHOT_BLOCK_SETS_H_
#define VTPROBE_HAL_SRC_SNAPSHOT_BLOCK_SETS_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/reading_table.h"

namespace vtprobe {

class BlockSets {
 public:
  // The last one is the open block's.
  const std::vector<CpuSet>& all() const { return sets_; }
  const CpuSet& operator[](CpuSetId set) const { return sets_[set]; }
  CpuSetId last() const { return static_cast<CpuSetId>(sets_.size() - 1); }

  void Open(CpuSet cpus) {
    sets_.push_back(std::move(cpus));
    compared_.push_back({});
    ++block_;
  }
  void DropLast() {
    sets_.pop_back();
    compared_.pop_back();
  }
  std::vector<CpuSet> Take() { return std::move(sets_); }

  // Whether the open block shares a CPU with the set.
  bool LastIntersects(CpuSetId set) {
    Compared& compared = compared_[set];
    if (compared.with != block_) compared = {block_, sets_[set].Intersects(sets_.back())};
    return compared.intersects;
  }

 private:
  struct Compared {
    std::uint32_t with = 0;  // the block, counted from 1
    bool intersects = false;
  };

  std::vector<CpuSet> sets_;
  std::vector<Compared> compared_;  // of each set
  std::uint32_t block_ = 0;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_SNAPSHOT_BLOCK_SETS_H_
