// Turning a CPU into a number is written out, so that it is seen.
// refused: cannot convert 'vtprobe::LogicalCpu' to 'const uint32_t'
// refused: with an lvalue of type 'vtprobe::LogicalCpu'

#include "vtprobe/hal/types.h"

std::uint32_t FileNumber(vtprobe::LogicalCpu cpu) {
#ifdef VTPROBE_MUST_NOT_COMPILE
  const std::uint32_t number = cpu;
#else
  const std::uint32_t number = vtprobe::Number(cpu);
#endif
  return number;
}
