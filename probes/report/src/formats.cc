#include "vtprobe/report/formats.h"

#include <array>

namespace vtprobe {

#define VTPROBE_REPORT_FORMAT(name, render, render_set, shows_registers, shows_recording) \
  std::string render(const Report& report, const RenderOptions& options);                 \
  std::string render_set(const ReportSet& set, const RenderOptions& options);
#include "vtprobe/report/formats.def"
#undef VTPROBE_REPORT_FORMAT

std::span<const ReportFormat> ReportFormats() {
  static constexpr std::array kFormats = {
#define VTPROBE_REPORT_FORMAT(name, render, render_set, shows_registers, shows_recording) \
  ReportFormat{name, render, render_set, shows_registers, shows_recording},
#include "vtprobe/report/formats.def"
#undef VTPROBE_REPORT_FORMAT
  };
  return kFormats;
}

}  // namespace vtprobe
