#include "hal/usable_cpus.h"

#include <sched.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

// As large as any kernel's own.
using CpuMask = std::array<cpu_set_t, kMaxCpuNumber / CPU_SETSIZE + 1>;

}  // namespace

std::vector<LogicalCpu> UsableCpus() {
  CpuMask mask{};
  ::sched_getaffinity(0, sizeof(mask), mask.data());
  std::vector<LogicalCpu> cpus;
  for (std::uint32_t cpu = 0; cpu <= kMaxCpuNumber; ++cpu) {
    if (CPU_ISSET_S(cpu, sizeof(mask), mask.data())) cpus.push_back(LogicalCpu{cpu});
  }
  return cpus;
}

void AllowEveryCpu() {
  CpuMask mask;
  std::memset(&mask, 0xff, sizeof(mask));
  ::sched_setaffinity(0, sizeof(mask), mask.data());
}

}  // namespace vtprobe
