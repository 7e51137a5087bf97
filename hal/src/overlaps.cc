#include "vtprobe/hal/overlaps.h"

#include <algorithm>
#include <tuple>

#include "vtprobe/hal/cpu_gathering.h"

namespace vtprobe {

std::vector<CpuGroups::Range> CpuGroups::Ascending() const {
  std::vector<Range> ascending = ranges_;
  const auto is_before = [](const Range& x, const Range& y) { return x.cpus.first < y.cpus.first; };
  // As a rule they are in order.
  if (!std::is_sorted(ascending.begin(), ascending.end(), is_before)) {
    std::sort(ascending.begin(), ascending.end(), is_before);
  }
  return ascending;
}

std::vector<Overlap> FindOverlaps(const CpuGroups& a, const CpuGroups& b) {
  struct Shared {
    std::size_t a;
    std::size_t b;
    CpuSet::Range cpus;
  };
  const std::vector<CpuGroups::Range> all_a = a.Ascending();
  const std::vector<CpuGroups::Range> all_b = b.Ascending();
  std::vector<Shared> shared;
  auto at_a = all_a.begin();
  auto at_b = all_b.begin();
  while (at_a != all_a.end() && at_b != all_b.end()) {
    const CpuSet::Range both{std::max(at_a->cpus.first, at_b->cpus.first),
                             std::min(at_a->cpus.last, at_b->cpus.last)};
    if (both.first <= both.last) shared.push_back({at_a->group, at_b->group, both});
    if (at_a->cpus.last < at_b->cpus.last) {
      ++at_a;
    } else {
      ++at_b;
    }
  }
  std::stable_sort(shared.begin(), shared.end(), [](const Shared& x, const Shared& y) {
    return std::tie(x.a, x.b) < std::tie(y.a, y.b);
  });
  std::vector<Overlap> overlaps;
  for (auto at = shared.begin(); at != shared.end();) {
    const auto begin = at;
    CpuGathering cpus;
    for (; at != shared.end() && at->a == begin->a && at->b == begin->b; ++at) cpus.Add(at->cpus);
    overlaps.push_back({begin->a, begin->b, cpus.Together()});
  }
  return overlaps;
}

}  // namespace vtprobe
