// The day by which a profile's waivers end.

#ifndef VTPROBE_PROBES_TODAY_H_
#define VTPROBE_PROBES_TODAY_H_

#include <string>

namespace vtprobe {

// "2026-11-22", by the clock and in the time zone of the person who runs it. Thread-safe.
std::string TodayHere();

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_TODAY_H_
