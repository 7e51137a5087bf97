#include "plugin_state.h"

#include <variant>

namespace vtprobe {

PluginState PluginStateOf(const Report& report) {
  switch (report.exit_code) {
    case 0:
      return PluginState::kOk;
    case 1:
      return PluginState::kCritical;
    case 3:
      return report.profile ? PluginState::kCritical : PluginState::kOk;
    default:
      return PluginState::kUnknown;
  }
}

PluginState PluginStateOf(const ReportSet& set) {
  PluginState worst = PluginState::kOk;
  for (const auto& machine : set.machines) {
    const auto* const report = std::get_if<Report>(&machine);
    const PluginState state = report == nullptr ? PluginState::kUnknown : PluginStateOf(*report);
    if (state == PluginState::kCritical) return state;
    if (state == PluginState::kUnknown) worst = state;
  }
  return worst;
}

std::string_view Name(PluginState state) {
  switch (state) {
    case PluginState::kOk:
      return "OK";
    case PluginState::kCritical:
      return "CRITICAL";
    case PluginState::kUnknown:
      return "UNKNOWN";
  }
  return {};
}

}  // namespace vtprobe
