#include "single_file.h"

#include <string>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe::import {

tl::expected<const File*, Error> SingleFile(std::span<const File> files) {
  if (files.size() > 1) {
    return tl::unexpected(
        Error{files[1].name, 0, 0, "one file of this format holds a whole machine: give one file"});
  }
  return &files.front();
}

Error CpuNumberError(const File& file, const TextLines& lines, std::string_view number) {
  return {file.name, lines.number(), lines.ColumnOf(number),
          "expected a CPU number from 0 to " + std::to_string(kMaxCpuNumber)};
}

}  // namespace vtprobe::import
