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

// What a program that answers in a format ends with.
struct ExitCodes {
  int (*of_one)(const Report& report);
  int (*of_several)(const ReportSet& set);
  // Whether a recording that can't be read is an answer, too, even the only one: whoever
  // reads the format is told nothing else.
  bool answer_for_unread = false;
};

// Those of the command, Report::exit_code and ExitCode(): 0 yes, 1 no, 2 not known, 3
// not offered, and of several machines 65 or 66 where one can't be read.
extern const ExitCodes kOurExitCodes;
// Those of a monitoring plugin: 0 OK, 2 CRITICAL, 3 UNKNOWN. What is not offered is
// CRITICAL where a profile asks for it, and OK where none does.
// [monitoring-plugins] development guidelines, "Plugin Return Codes"
extern const ExitCodes kPluginExitCodes;

struct ReportFormat {
  std::string_view name;  // as --format takes it
  std::string (*render)(const Report& report, const RenderOptions& options);
  // Of several machines.
  std::string (*render_set)(const ReportSet& set, const RenderOptions& options);
  ExitCodes exit_codes;
  bool shows_registers = false;  // and places of CPUs: Report::registers, Report::places
  bool shows_recording = false;  // Report::recording
};

// In the order of formats.def; the first is the default.
std::span<const ReportFormat> ReportFormats();

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_FORMATS_H_
