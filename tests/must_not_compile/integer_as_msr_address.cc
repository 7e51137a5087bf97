// A bare number names no register: it might be a value or a leaf.
// refused: cannot convert 'int' to 'vtprobe::MsrAddress'
// refused: type 'vtprobe::MsrAddress' with an rvalue of type 'int'

#include "vtprobe/hal/readers.h"

vtprobe::Result<std::uint64_t> Read(vtprobe::MsrReader& msrs, vtprobe::LogicalCpu cpu) {
#ifdef VTPROBE_MUST_NOT_COMPILE
  return msrs.ReadMsr(cpu, 0x3a);
#else
  return msrs.ReadMsr(cpu, vtprobe::MsrAddress{0x3a});
#endif
}
