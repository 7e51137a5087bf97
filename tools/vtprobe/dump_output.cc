#include "dump_output.h"

#include "output.h"
#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe {

OrFailure<void> WriteDumpOutput(const std::optional<std::string>& path,
                                const PlatformSnapshot& snapshot) {
  const bool is_binary = path && path->ends_with(".vtpb");
  return WriteOutput(path, is_binary ? WriteBinaryDump(snapshot) : WriteDump(snapshot));
}

}  // namespace vtprobe
