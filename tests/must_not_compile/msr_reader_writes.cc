// The reading door has no handle on the writing side.
// refused: 'class vtprobe::MsrReader' has no member named 'WriteMsr'
// refused: no member named 'WriteMsr' in 'vtprobe::MsrReader'

#include "vtprobe/hal/readers.h"

void Touch(vtprobe::MsrReader& msrs, vtprobe::LogicalCpu cpu, vtprobe::MsrAddress address) {
#ifdef VTPROBE_MUST_NOT_COMPILE
  static_cast<void>(msrs.WriteMsr(cpu, address, 5));
#else
  static_cast<void>(msrs.ReadMsr(cpu, address));
#endif
}
