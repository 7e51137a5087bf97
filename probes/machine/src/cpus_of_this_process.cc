#include "vtprobe/machine/cpus_of_this_process.h"

#include <sched.h>

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace vtprobe {

CpuSet CpusOfThisProcess() {
  // Larger than any kernel's mask, which a smaller one would make an error.
  std::array<cpu_set_t, (kMaxCpuNumber + 1) / CPU_SETSIZE> mask{};
  constexpr std::size_t kBytes = sizeof(mask);
  if (::sched_getaffinity(0, kBytes, mask.data()) != 0) return {};
  std::vector<CpuSet::Range> ranges;
  for (std::uint32_t cpu = 0; cpu <= kMaxCpuNumber; ++cpu) {
    if (CPU_ISSET_S(cpu, kBytes, mask.data())) ranges.push_back({cpu, cpu});
  }
  return CpuSet(std::move(ranges));
}

}  // namespace vtprobe
