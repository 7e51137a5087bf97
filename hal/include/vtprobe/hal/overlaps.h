// Which CPUs two groupings have in common: kinds of CPUs and what they read, or
// what was read before and after. There may be as many groups as CPUs on both
// sides, so asking each group about each other is out of the question.

#ifndef VTPROBE_HAL_OVERLAPS_H_
#define VTPROBE_HAL_OVERLAPS_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

// Groups that have no CPU in common with each other.
class CpuGroups {
 public:
  // Of whatever has CPUs, as `cpus_of` tells.
  template <typename Container, typename CpusOf>
  CpuGroups(const Container& all, const CpusOf& cpus_of) {
    for (const auto& one : all) Add(cpus_of(one));
  }
  // Of the CPUs of each reading.
  template <typename Reading>
  explicit CpuGroups(const std::vector<std::pair<CpuSet, Reading>>& readings)
      : CpuGroups(readings, [](const auto& one) -> const CpuSet& { return one.first; }) {}

  struct Range {
    CpuSet::Range cpus;
    std::size_t group;  // counted from 0, in the order in which they were added
  };
  std::vector<Range> Ascending() const;

 private:
  void Add(const CpuSet& cpus) {
    for (const CpuSet::Range& range : cpus.ranges()) ranges_.push_back({range, count_});
    ++count_;
  }

  std::vector<Range> ranges_;
  std::size_t count_ = 0;
};

// CPUs of one group of each side.
struct Overlap {
  std::size_t a;
  std::size_t b;
  CpuSet cpus;
};

// All there are, ordered by the group of `a` and then by that of `b`. Takes
// O(ranges x log ranges).
std::vector<Overlap> FindOverlaps(const CpuGroups& a, const CpuGroups& b);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_OVERLAPS_H_
