// CPUID as an instruction, executed on a thread bound to the CPU asked for.
//
// It needs no driver and no privilege. It answers for the CPU that executes it,
// though, so the thread has to be there. One that holds a PinnedScope, as a
// capture's workers do, makes no system call to read; one that is bound in
// another way makes one, to know it; any other is bound for the read and gets
// its affinity back.

#ifndef VTPROBE_HAL_CPUID_INSTRUCTION_H_
#define VTPROBE_HAL_CPUID_INSTRUCTION_H_

#include "vtprobe/hal/readers.h"

namespace vtprobe {

// The only error is kNotPinned, with the errno of PinnedScope::To(), or 0 if
// the thread was moved away while it read. An offline CPU can't be told from
// one that does not exist or is outside the cpuset: whoever knows the list of
// online CPUs tells them apart.
//
// Thread-safety: all calls may run at the same time.
class CpuidInstruction final : public CpuidReader {
 public:
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override;
  Result<CpuidRegisters> ReadCpuidHere(const PinnedScope& here, CpuidLeaf leaf) override;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_CPUID_INSTRUCTION_H_
