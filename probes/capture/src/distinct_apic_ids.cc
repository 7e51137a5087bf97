#include "distinct_apic_ids.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "vtprobe/registers/apic_id.h"

namespace vtprobe {

void DistrustSharedApicIds(std::vector<CpuReadings>* slots) {
  std::vector<std::pair<std::uint32_t, CpuReadings*>> owners;
  owners.reserve(slots->size());
  for (CpuReadings& slot : *slots) {
    if (const auto id = ApicId(slot)) owners.emplace_back(*id, &slot);
  }
  std::sort(owners.begin(), owners.end());
  for (std::size_t i = 1; i < owners.size(); ++i) {
    if (owners[i - 1].first != owners[i].first) continue;
    owners[i - 1].second->DistrustCpuid();
    owners[i].second->DistrustCpuid();
  }
}

}  // namespace vtprobe
