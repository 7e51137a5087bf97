// A leaf is asked with its subleaf, in one value.
// refused: cannot convert 'int' to 'vtprobe::CpuidLeaf'
// refused: no viable conversion from 'int' to 'vtprobe::CpuidLeaf'

#include "vtprobe/hal/readers.h"

vtprobe::Result<vtprobe::CpuidRegisters> Read(vtprobe::CpuidReader& cpuid,
                                              vtprobe::LogicalCpu cpu) {
#ifdef VTPROBE_MUST_NOT_COMPILE
  return cpuid.ReadCpuid(cpu, 7);
#else
  return cpuid.ReadCpuid(cpu, {7, 0});
#endif
}
