// Where an answer goes.

#ifndef VTPROBE_TOOLS_VTPROBE_OUTPUT_H_
#define VTPROBE_TOOLS_VTPROBE_OUTPUT_H_

#include <optional>
#include <string>
#include <string_view>

#include "failure.h"

namespace vtprobe {

// Writes the text to the file: beside it first and renamed then, so that the
// file is the old one or the whole new one. What is no regular file (a pipe, a
// device) is written to as it is. No path, or "-", is standard output.
// kOutputFailed if it can't be done.
OrFailure<void> WriteOutput(const std::optional<std::string>& path, std::string_view text);

// Writes to standard error. Whether that succeeds, there is nobody to tell.
void PrintError(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_OUTPUT_H_
