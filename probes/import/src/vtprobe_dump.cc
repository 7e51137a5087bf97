// Our own format, beside the others: what takes any recording takes this one
// by the same way.

#include "importers.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::import {
namespace {

Confidence Recognize(const File& file) {
  const bool is_ours = file.content.starts_with("vtprobe-dump") || IsDumpDifference(file.content);
  return is_ours ? Confidence::kSettled : Confidence::kNone;
}

tl::expected<Imported, Error> Import(std::span<const File> files, const Options&) {
  const File& file = files.front();
  if (files.size() > 1) {
    return tl::unexpected(
        Error{files[1].name, 0, 0, "a vtprobe dump holds a whole machine: give one file"});
  }
  if (IsDumpDifference(file.content)) {
    return tl::unexpected(Error{file.name, 1, 1,
                                "it holds only what differs from a base, which the manifest.toml "
                                "beside it names: give its path in the folder of its machine"});
  }
  auto snapshot = ParseDump(file.content);
  if (!snapshot) {
    const DumpError& error = snapshot.error();
    return tl::unexpected(Error{file.name, error.line, error.column, error.message});
  }
  return Imported{*std::move(snapshot), {}};
}

}  // namespace

const Importer kVtprobeDump{
    .name = "vtprobe", .title = "vtprobe dump", .detect = Recognize, .import = Import};

}  // namespace vtprobe::import
