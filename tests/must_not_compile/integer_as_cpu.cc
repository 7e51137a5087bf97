// A bare number names no CPU: it might be an APIC id, a core or a socket.
// refused: cannot convert 'int' to 'const vtprobe::LogicalCpu'
// refused: type 'const vtprobe::LogicalCpu' with an rvalue of type 'int'

#include "vtprobe/hal/types.h"

#ifdef VTPROBE_MUST_NOT_COMPILE
inline constexpr vtprobe::LogicalCpu kCpu = 3;
#else
inline constexpr vtprobe::LogicalCpu kCpu{3};
#endif
