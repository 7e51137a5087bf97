#include "dump_output.h"

#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe {

OrFailure<void> WriteDumpOutput(const std::optional<std::string>& path,
                                const PlatformSnapshot& snapshot, Output* output) {
  const bool is_binary = path && path->ends_with(".vtpb");
  return output->Write(is_binary ? WriteBinaryDump(snapshot) : WriteDump(snapshot));
}

}  // namespace vtprobe
