// The time of day, as recordings and records of tests have it.

#ifndef VTPROBE_TOOLS_VTPROBE_UTC_TIME_H_
#define VTPROBE_TOOLS_VTPROBE_UTC_TIME_H_

#include <string>

namespace vtprobe {

// "2026-01-01T00:00:00Z". [ietf/rfc3339]
std::string UtcNow();

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_UTC_TIME_H_
