// What could not be read has no value, so a result is not one by itself.
// refused: cannot convert 'vtprobe::Result<long unsigned int>'
// refused: no viable conversion from returned value of type 'const vtprobe::Result

#include "vtprobe/hal/readers.h"

std::uint64_t Read(vtprobe::MsrReader& msrs, vtprobe::LogicalCpu cpu) {
  const vtprobe::Result<std::uint64_t> reading = msrs.ReadMsr(cpu, vtprobe::MsrAddress{0x3a});
#ifdef VTPROBE_MUST_NOT_COMPILE
  return reading;
#else
  return reading.value_or(1);
#endif
}
