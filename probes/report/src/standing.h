// How a machine fared among several, in a word, and how all of them did.

#ifndef VTPROBE_PROBES_REPORT_SRC_STANDING_H_
#define VTPROBE_PROBES_REPORT_SRC_STANDING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "vtprobe/report/formats.h"

namespace vtprobe {

// From the worst on.
enum class Standing : std::uint8_t { kUnread, kNo, kUnknown, kNotOffered, kYes };

Standing StandingOf(int exit_code);
std::string_view LabelOf(Standing standing, bool has_profile);

// "3 machines: 1 NOT usable, 2 usable."
std::string SetHeadline(const ReportSet& set);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_STANDING_H_
