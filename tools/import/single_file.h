// What every importer of a text says in the same words.

#ifndef VTPROBE_TOOLS_IMPORT_SINGLE_FILE_H_
#define VTPROBE_TOOLS_IMPORT_SINGLE_FILE_H_

#include <string_view>

#include "import/importer.h"
#include "import/text_lines.h"

namespace vtprobe::import {

// For formats of which one file holds a whole machine. Never null.
tl::expected<const File*, Error> SingleFile(std::span<const File> files);

// For a CPU number above kMaxCpuNumber; `number` is a part of the current line.
Error CpuNumberError(const File& file, const TextLines& lines, std::string_view number);

}  // namespace vtprobe::import

#endif  // VTPROBE_TOOLS_IMPORT_SINGLE_FILE_H_
