// What every importer of a text says in the same words.

#ifndef VTPROBE_PROBES_IMPORT_SRC_SINGLE_FILE_H_
#define VTPROBE_PROBES_IMPORT_SRC_SINGLE_FILE_H_

#include <string_view>

#include "text_lines.h"
#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// For formats of which one file holds a whole machine. Never null.
tl::expected<const File*, Error> SingleFile(std::span<const File> files);

// For a CPU number above kMaxCpuNumber; `number` is a part of the current line.
Error CpuNumberError(const File& file, const TextLines& lines, std::string_view number);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_SINGLE_FILE_H_
