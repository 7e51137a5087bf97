// Puts a snapshot together register by register, for who has each CPU's reading
// of a register at hand. What all CPUs gave alike is stored once.

#ifndef VTPROBE_HAL_COLUMN_BUILDER_H_
#define VTPROBE_HAL_COLUMN_BUILDER_H_

#include <cstddef>
#include <span>
#include <vector>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

class ColumnBuilder {
 public:
  explicit ColumnBuilder(const CpuSet& online);

  // What each online CPU gave, in their order; null of one of which nothing is
  // recorded. False, and nothing added, if a register does not stand behind
  // those added before, if the CPUs are not as many, or if all are null.
  [[nodiscard]] bool AddMsr(MsrAddress address, std::span<const MsrReading* const> given);
  [[nodiscard]] bool AddCpuid(CpuidLeaf leaf, std::span<const CpuidReading* const> given);

  // To be called once, as the last. Leaves out offline CPUs that are online.
  PlatformSnapshot Build(const CpuSet& offline, Metadata metadata);

 private:
  template <typename Cell>
  bool Add(const typename Cell::Key& key, std::span<const typename Cell::Reading* const> given,
           ReadingTable<Cell>* table);
  CpuSetId SetOfAll();
  CpuSetId SetOf(std::size_t place);

  std::vector<LogicalCpu> cpus_;
  // Those of sets_ that are in use, by place of the CPU, and that of all last.
  std::vector<CpuSetId> ids_;
  PlatformSnapshot snapshot_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_COLUMN_BUILDER_H_
