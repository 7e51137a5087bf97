// Swapping the two would read another register of another CPU without a word.
// refused: cannot convert 'vtprobe::MsrAddress' to 'vtprobe::LogicalCpu'
// refused: type 'vtprobe::LogicalCpu' with an lvalue of type 'vtprobe::MsrAddress'

#include "vtprobe/hal/readers.h"

vtprobe::Result<std::uint64_t> Read(vtprobe::MsrReader& msrs, vtprobe::LogicalCpu cpu,
                                    vtprobe::MsrAddress address) {
#ifdef VTPROBE_MUST_NOT_COMPILE
  return msrs.ReadMsr(address, cpu);
#else
  return msrs.ReadMsr(cpu, address);
#endif
}
