// Where a recording goes, and in which form.

#ifndef VTPROBE_TOOLS_VTPROBE_DUMP_OUTPUT_H_
#define VTPROBE_TOOLS_VTPROBE_DUMP_OUTPUT_H_

#include <optional>
#include <string>

#include "output.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// Writes a dump: in binary to a file whose name ends with ".vtpb", as text
// otherwise.
OrFailure<void> WriteDumpOutput(const std::optional<std::string>& path,
                                const PlatformSnapshot& snapshot, Output* output);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_DUMP_OUTPUT_H_
