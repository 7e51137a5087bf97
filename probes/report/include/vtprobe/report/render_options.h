// How a person reads a report; formats for machines look at none of it.

#ifndef VTPROBE_REPORT_RENDER_OPTIONS_H_
#define VTPROBE_REPORT_RENDER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <optional>

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
};

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_RENDER_OPTIONS_H_
