// Our own format as bytes, beside the text.

#include "importers.h"
#include "vtprobe/hal/binary_dump.h"

namespace vtprobe::import {
namespace {

Confidence Recognize(const File& file) {
  return IsBinaryDump(file.content) ? Confidence::kSettled : Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const File& file = files.front();
  if (files.size() > 1) {
    return tl::unexpected(
        Error{files[1].name, 0, 0, "a vtprobe dump holds a whole machine: give one file"});
  }
  auto snapshot = ParseBinaryDump(file.content);
  if (!snapshot) {
    const BinaryDumpError& error = snapshot.error();
    return tl::unexpected(
        Error{file.name, 0, 0, "byte " + std::to_string(error.offset) + ": " + error.message});
  }
  return Imported{*std::move(snapshot), {}};
}

}  // namespace

const Importer kVtprobeBinary{.name = "vtprobe-binary",
                              .title = "vtprobe dump in binary (.vtpb)",
                              .detect = Recognize,
                              .import = Import};

}  // namespace vtprobe::import
