// CPUs brought together piece by piece; asking for them once is cheap, a union
// with each piece is not.

#ifndef VTPROBE_HAL_CPU_GATHERING_H_
#define VTPROBE_HAL_CPU_GATHERING_H_

#include <optional>
#include <vector>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

class CpuGathering {
 public:
  // Cheapest where each piece begins where the one before ended.
  void Add(const CpuSet& cpus) {
    for (const CpuSet::Range& range : cpus.ranges()) Add(range);
  }
  void Add(const CpuSet::Range& range) {
    if (last_ && last_->last + 1 == range.first) {
      last_->last = range.last;
    } else {
      if (last_) before_.push_back(*last_);
      last_ = range;
    }
  }

  CpuSet Together() const;
  bool empty() const { return !last_; }

 private:
  std::vector<CpuSet::Range> before_;
  std::optional<CpuSet::Range> last_;  // what was added last
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_CPU_GATHERING_H_
