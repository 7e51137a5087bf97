// How something fares, as every form for people shows it: by a sign and by a colour,
// never by the colour alone.

#ifndef VTPROBE_PROBES_REPORT_SRC_MOOD_H_
#define VTPROBE_PROBES_REPORT_SRC_MOOD_H_

#include <cstdint>
#include <string_view>

#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

enum class Mood : std::uint8_t { kOk, kUnknown, kAdvice, kBad };

Mood MoodOf(Usable usable);
// Of the whole machine: guests that fail are worse than a register that allows them.
Mood MoodOf(const VirtualizationVerdict& verdict);
Mood MoodOf(int exit_code);

std::string_view Name(Mood mood);
std::string_view Sign(Mood mood);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_MOOD_H_
