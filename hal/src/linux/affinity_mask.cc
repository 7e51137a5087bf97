#include "linux/affinity_mask.h"

#include <cerrno>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

AffinityMask::AffinityMask(std::size_t cpu_count)
    : bytes_(CPU_ALLOC_SIZE(cpu_count)), set_(CPU_ALLOC(cpu_count)) {
  CPU_ZERO_S(bytes_, set_.get());
}

AffinityMask AffinityMask::Only(LogicalCpu cpu) {
  AffinityMask mask(Number(cpu) + std::size_t{1});
  CPU_SET_S(Number(cpu), mask.bytes_, mask.set_.get());
  return mask;
}

std::optional<AffinityMask> AffinityMask::OfThisThread() {
  // The kernel refuses, with EINVAL, a mask smaller than its own.
  for (std::size_t cpu_count = CPU_SETSIZE;; cpu_count *= 2) {
    AffinityMask mask(cpu_count);
    if (::sched_getaffinity(0, mask.bytes_, mask.set_.get()) == 0) return mask;
    if (errno != EINVAL || cpu_count > kMaxCpuNumber) return std::nullopt;
  }
}

bool AffinityMask::IsOnly(LogicalCpu cpu) const {
  return CPU_COUNT_S(bytes_, set_.get()) == 1 && CPU_ISSET_S(Number(cpu), bytes_, set_.get());
}

bool AffinityMask::ApplyToThisThread() const {
  return ::sched_setaffinity(0, bytes_, set_.get()) == 0;
}

}  // namespace vtprobe
