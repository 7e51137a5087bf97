#include "assemble.h"

#include <cstddef>
#include <span>
#include <tuple>
#include <utility>

#include "vtprobe/hal/column_builder.h"

namespace vtprobe {
namespace {

// What of a list is still to come.
template <typename List>
struct Rest {
  explicit Rest(const List& list)
      : keys(list.keys().data()),
        end(keys + list.keys().size()),
        readings(list.readings().data()) {}

  const typename List::Key* keys;
  const typename List::Key* end;
  const typename List::Reading* readings;
};

// Calls add(key, given) with every register that one of the lists holds, in
// ascending order, and what each list gives for it, or null.
template <typename List, typename Add>
void ForEachRegister(std::vector<Rest<List>> rests, const Add& add) {
  std::vector<const typename List::Reading*> given(rests.size());
  while (true) {
    const typename List::Key* lowest = nullptr;
    for (const Rest<List>& rest : rests) {
      if (rest.keys != rest.end && (lowest == nullptr || *rest.keys < *lowest)) lowest = rest.keys;
    }
    if (lowest == nullptr) return;
    for (std::size_t i = 0; i < rests.size(); ++i) {
      Rest<List>& rest = rests[i];
      const bool has_it = rest.keys != rest.end && *rest.keys == *lowest;
      given[i] = has_it ? rest.readings : nullptr;
      rest.keys += has_it ? 1 : 0;
      rest.readings += has_it ? 1 : 0;
    }
    add(*lowest, given);
  }
}

}  // namespace

// Registers come in order, so the builder has nothing to refuse.
PlatformSnapshot Assemble(const CpuSet& cpus, const std::vector<CpuReadings>& slots,
                          const CpuSet& offline, Metadata metadata) {
  std::vector<Rest<CpuReadings::CpuidList>> cpuid;
  std::vector<Rest<CpuReadings::MsrList>> msrs;
  cpuid.reserve(slots.size());
  msrs.reserve(slots.size());
  for (const CpuReadings& slot : slots) {
    cpuid.emplace_back(slot.cpuid());
    msrs.emplace_back(slot.msrs());
  }
  ColumnBuilder builder(cpus);
  ForEachRegister(std::move(cpuid),
                  [&](CpuidLeaf leaf, std::span<const CpuidReading* const> given) {
                    std::ignore = builder.AddCpuid(leaf, given);
                  });
  ForEachRegister(std::move(msrs),
                  [&](MsrAddress address, std::span<const MsrReading* const> given) {
                    std::ignore = builder.AddMsr(address, given);
                  });
  return builder.Build(offline, std::move(metadata));
}

}  // namespace vtprobe
