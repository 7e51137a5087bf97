#include "vtprobe/report/formats.h"

#include <algorithm>
#include <array>
#include <variant>

#include "plugin_state.h"

namespace vtprobe {
namespace {

int OurExitCode(const Report& report) { return report.exit_code; }

int PluginExitCode(const Report& report) { return static_cast<int>(PluginStateOf(report)); }

int PluginExitCodeOfSet(const ReportSet& set) { return static_cast<int>(PluginStateOf(set)); }

}  // namespace

const ExitCodes kOurExitCodes = {.of_one = OurExitCode, .of_several = ExitCode};
const ExitCodes kPluginExitCodes = {
    .of_one = PluginExitCode, .of_several = PluginExitCodeOfSet, .answer_for_unread = true};

#define VTPROBE_REPORT_FORMAT(name, render, render_set, exits, shows_registers, shows_recording) \
  std::string render(const Report& report, const RenderOptions& options);                        \
  std::string render_set(const ReportSet& set, const RenderOptions& options);
#include "vtprobe/report/formats.def"
#undef VTPROBE_REPORT_FORMAT

std::span<const ReportFormat> ReportFormats() {
  static const std::array kFormats = {
#define VTPROBE_REPORT_FORMAT(name, render, render_set, exits, shows_registers, shows_recording) \
  ReportFormat{name, render, render_set, exits, shows_registers, shows_recording},
#include "vtprobe/report/formats.def"
#undef VTPROBE_REPORT_FORMAT
  };
  return kFormats;
}

}  // namespace vtprobe
