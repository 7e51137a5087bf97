// The forms a report can take. Adding one is one file in src/report and one
// row of formats.def.

#ifndef VTPROBE_REPORT_FORMATS_H_
#define VTPROBE_REPORT_FORMATS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vtprobe/report/report.h"
#include "vtprobe/report/report_set.h"

namespace vtprobe {

enum class Verbosity : std::uint8_t { kQuiet, kNormal, kVerbose };

// How a person reads it; formats for machines look at none of it.
struct RenderOptions {
  bool color = false;
  // No character beyond ASCII, for a terminal or a file that has no other.
  bool ascii = false;
  Verbosity verbosity = Verbosity::kNormal;
  // Columns of the terminal. None: it goes elsewhere, where a CPU group's line
  // is searched for rather than looked at, and is not broken.
  std::optional<std::size_t> width{};
};

struct ReportFormat {
  std::string_view name;  // as --format takes it
  std::string (*render)(const Report& report, const RenderOptions& options);
  // Of several machines.
  std::string (*render_set)(const ReportSet& set, const RenderOptions& options);
  // Whether it shows Report::recording.
  bool shows_recording = false;
};

// In the order of formats.def; the first is the default.
std::span<const ReportFormat> ReportFormats();

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_FORMATS_H_
