// Reads a recording that another program made, whatever its format:
//
//   const auto imported = vtprobe::import::Import("cpuid-raw.txt");
//   if (imported) Judge(imported->snapshot);
//
// The format is told from the content. Nothing in a recording is ever executed,
// and a value, a failure and an absence stay apart.

#ifndef VTPROBE_IMPORT_IMPORT_H_
#define VTPROBE_IMPORT_IMPORT_H_

#include <filesystem>
#include <string>
#include <tl/expected.hpp>

#include "vtprobe/import/importer.h"

namespace vtprobe::import {

// The machine that a file records, or an archive or a folder of files that are of
// one machine together, with notes on how it was read. An error has the file, and
// line and column where there is a place to name. Takes no more than 1 GiB.
tl::expected<Imported, Error> Import(const std::filesystem::path& path,
                                     const Options& options = {});

// The same of bytes at hand; `name` is that of their file, for messages and for
// the snapshot's "source".
tl::expected<Imported, Error> Import(std::string name, std::string bytes,
                                     const Options& options = {});

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_IMPORT_H_
