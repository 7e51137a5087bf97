// A file that is the old one or the whole new one.
//
// The text goes into a file without a name (O_TMPFILE) where the file system has
// such, and gets a name when it is complete: whatever ends the process before,
// nothing is left behind. Elsewhere it goes into a file beside, with signals held
// back until that is gone.

#ifndef VTPROBE_TOOLS_VTPROBE_OUTPUT_FILE_H_
#define VTPROBE_TOOLS_VTPROBE_OUTPUT_FILE_H_

#include <sys/types.h>

#include <optional>
#include <string_view>

#include "output_place.h"

namespace vtprobe {

// Who may read a file that is written.
struct OutputMode {
  // As --mode asks for.
  std::optional<mode_t> asked;
  // Unless it is asked for otherwise, nobody but its owner.
  bool is_private = false;
};

// Writes the text as a new file, or in the place of the one that stands there,
// of which owner and permissions are kept. Permissions are never more than umask
// leaves, nor more than those asked for. Both file and folder are synchronized
// with the disk. 0, or errno. Requires a place that is no stream.
int WriteOutputFile(const OutputPlace& place, OutputMode mode, std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_OUTPUT_FILE_H_
