// The forms a report can take. Adding one is one file in src/report and one
// row of formats.def.

#ifndef VTPROBE_REPORT_FORMATS_H_
#define VTPROBE_REPORT_FORMATS_H_

#include <span>
#include <string>
#include <string_view>

#include "vtprobe/report/render_options.h"
#include "vtprobe/report/report.h"
#include "vtprobe/report/report_set.h"

namespace vtprobe {

struct ReportFormat {
  std::string_view name;  // as --format takes it
  std::string (*render)(const Report& report, const RenderOptions& options);
  // Of several machines.
  std::string (*render_set)(const ReportSet& set, const RenderOptions& options);
  bool shows_registers = false;  // and places of CPUs: Report::registers, Report::places
  bool shows_recording = false;  // Report::recording
};

// In the order of formats.def; the first is the default.
std::span<const ReportFormat> ReportFormats();

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_FORMATS_H_
