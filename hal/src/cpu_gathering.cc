#include "vtprobe/hal/cpu_gathering.h"

#include <utility>

namespace vtprobe {

CpuSet CpuGathering::Together() const {
  if (!last_) return {};
  if (before_.empty()) return CpuSet({*last_});
  std::vector<CpuSet::Range> ranges = before_;
  ranges.push_back(*last_);
  return CpuSet(std::move(ranges));
}

}  // namespace vtprobe
