// A failure is returned as a failure: its code must not pass for a reading.
// refused: could not convert 'vtprobe::AccessCode::kCpuOffline' from 'vtprobe::AccessCode'
// refused: no viable conversion from returned value of type 'vtprobe::AccessCode'

#include "vtprobe/hal/result.h"

vtprobe::Result<std::uint64_t> Offline() {
#ifdef VTPROBE_MUST_NOT_COMPILE
  return vtprobe::AccessCode::kCpuOffline;
#else
  return vtprobe::Fail(vtprobe::AccessCode::kCpuOffline);
#endif
}
