// The kernel's CPU mask of a thread, of any size: glibc's cpu_set_t ends at CPU
// 1,023.

#ifndef VTPROBE_HAL_LINUX_AFFINITY_MASK_H_
#define VTPROBE_HAL_LINUX_AFFINITY_MASK_H_

#include <sched.h>

#include <cstddef>
#include <memory>
#include <optional>

#include "vtprobe/hal/types.h"

namespace vtprobe {

class AffinityMask {
 public:
  // Requires Number(cpu) <= kMaxCpuNumber.
  static AffinityMask Only(LogicalCpu cpu);
  // Nothing where sched_getaffinity(2) fails.
  static std::optional<AffinityMask> OfThisThread();

  bool IsOnly(LogicalCpu cpu) const;
  // Whether sched_setaffinity(2) did not fail.
  bool ApplyToThisThread() const;

 private:
  struct Free {
    void operator()(cpu_set_t* set) const { CPU_FREE(set); }
  };

  explicit AffinityMask(std::size_t cpu_count);

  std::size_t bytes_;
  std::unique_ptr<cpu_set_t, Free> set_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LINUX_AFFINITY_MASK_H_
