// How a person reads a report, of which formats for machines look at nothing; and what
// made it and when, for those whose records say so.

#ifndef VTPROBE_REPORT_RENDER_OPTIONS_H_
#define VTPROBE_REPORT_RENDER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace vtprobe {

enum class Verbosity : std::uint8_t { kQuiet, kNormal, kVerbose };

struct RenderOptions {
  bool color = false;
  // No character beyond ASCII, for a terminal or a file that has no other.
  bool ascii = false;
  Verbosity verbosity = Verbosity::kNormal;
  // Columns of the terminal. None: it goes elsewhere, where a CPU group's line
  // is searched for rather than looked at, and is not broken.
  std::optional<std::size_t> width{};
  std::string command_line = "vtprobe check";
  std::string time = "1970-01-01T00:00:00Z";  // [ietf/rfc3339], UTC
};

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_RENDER_OPTIONS_H_
