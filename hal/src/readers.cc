#include "vtprobe/hal/readers.h"

#include <cstddef>

#include "vtprobe/hal/pinned_scope.h"

namespace vtprobe {

void MsrReader::ReadMsrs(LogicalCpu cpu, std::span<const MsrAddress> addresses,
                         std::span<Result<std::uint64_t>> answers) {
  for (std::size_t i = 0; i < addresses.size(); ++i) answers[i] = ReadMsr(cpu, addresses[i]);
}

Result<CpuidRegisters> CpuidReader::ReadCpuidHere(const PinnedScope& here, CpuidLeaf leaf) {
  return ReadCpuid(here.cpu(), leaf);
}

}  // namespace vtprobe
