// Recordings that other programs made, read into ours.
//
// An importer is one file and one row of importers.def. It looks at bytes and
// nothing else, invents nothing, and keeps a value, a failure and an absence
// apart. Nothing in an input is ever executed or evaluated.

#ifndef VTPROBE_IMPORT_IMPORTER_H_
#define VTPROBE_IMPORT_IMPORTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe::import {

// One input file, or one member of an archive.
struct File {
  std::string name;          // for messages; hwloc's "puN" names the CPU
  std::string_view content;  // borrowed
};

struct Options {
  // The register that a format which names none is about (rdmsr's output).
  std::optional<MsrAddress> msr;
};

struct Imported {
  PlatformSnapshot snapshot;
  // What a person should know about how the file was read, a sentence each:
  // repeated samples left out, CPU numbers that are not known.
  std::vector<std::string> notes;
};

// Where and why a file could not be read. `line` and `column` are 1-based, 0
// where there is no place to name.
struct Error {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;
};

// How sure an importer is that a file is of its format, from the content.
enum class Confidence : std::uint8_t {
  kNone,      // it is not
  kPossible,  // nothing speaks against it, as for a column of bare numbers
  kLikely,    // lines of the format's shape
  kCertain,   // the format's own signature
  kSettled    // the file begins with bytes that nothing else begins with: no other is asked
};

struct Importer {
  std::string_view name;   // as --from takes it
  std::string_view title;  // for people
  Confidence (*detect)(const File& file);
  // All files are of one machine. At least one is given, and one alone unless the
  // format has several of a machine.
  tl::expected<Imported, Error> (*import)(std::span<const File> files, const Options& options);
  bool has_several_files = false;
};

// In the order of importers.def.
std::span<const Importer* const> AllImporters();

// Null for a name that is none of theirs.
const Importer* FindImporter(std::string_view name);

// The importers that are surest of a file, and how sure they are.
struct Guess {
  Confidence confidence = Confidence::kNone;
  std::vector<const Importer*> candidates;
};
Guess GuessFormat(const File& file);

// The importer that is surest of the first file, or an error that names the
// candidates if two are equally sure, or all formats if none fits.
tl::expected<const Importer*, Error> Detect(std::span<const File> files);

}  // namespace vtprobe::import

#endif  // VTPROBE_IMPORT_IMPORTER_H_
