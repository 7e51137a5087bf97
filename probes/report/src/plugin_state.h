// How monitoring calls a machine's state: OK, CRITICAL, UNKNOWN. Nothing is a WARNING:
// what does not count is advice, and what counts is met or is not.

#ifndef VTPROBE_PROBES_REPORT_SRC_PLUGIN_STATE_H_
#define VTPROBE_PROBES_REPORT_SRC_PLUGIN_STATE_H_

#include <cstdint>
#include <string_view>

#include "vtprobe/report/report.h"
#include "vtprobe/report/report_set.h"

namespace vtprobe {

// The values are what a plugin ends with. [monitoring-plugins] development guidelines,
// "Plugin Return Codes"
enum class PluginState : std::uint8_t { kOk = 0, kCritical = 2, kUnknown = 3 };

PluginState PluginStateOf(const Report& report);
// CRITICAL if a machine is, else UNKNOWN if one is or can't be read.
PluginState PluginStateOf(const ReportSet& set);
std::string_view Name(PluginState state);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_PLUGIN_STATE_H_
