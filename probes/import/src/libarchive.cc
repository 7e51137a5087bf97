#include "libarchive.h"

#include <string_view>

#include "vtprobe/hal/dynamic_library.h"

namespace vtprobe::import {
namespace {

constexpr std::string_view kPurpose = "archives are read with libarchive";

}  // namespace

tl::expected<LibArchive, std::string> LoadLibArchive(const std::string& library) {
  const auto loaded = DynamicLibrary::Load(library, kPurpose, "libarchive13");
  if (!loaded) return tl::unexpected(loaded.error());
  LibArchive table;
#define VTPROBE_FIND(function) loaded->Find(#function, &table.function)
  const bool is_complete =
      VTPROBE_FIND(archive_read_new) && VTPROBE_FIND(archive_read_free) &&
      VTPROBE_FIND(archive_read_support_filter_bzip2) &&
      VTPROBE_FIND(archive_read_support_filter_xz) &&
      VTPROBE_FIND(archive_read_support_filter_zstd) &&
      VTPROBE_FIND(archive_read_support_format_tar) &&
      VTPROBE_FIND(archive_read_support_format_raw) && VTPROBE_FIND(archive_read_open) &&
      VTPROBE_FIND(archive_read_next_header) && VTPROBE_FIND(archive_read_data) &&
      VTPROBE_FIND(archive_read_data_skip) && VTPROBE_FIND(archive_filter_bytes) &&
      VTPROBE_FIND(archive_error_string) && VTPROBE_FIND(archive_format) &&
      VTPROBE_FIND(archive_filter_count) && VTPROBE_FIND(archive_entry_pathname) &&
      VTPROBE_FIND(archive_entry_pathname_utf8) && VTPROBE_FIND(archive_entry_filetype) &&
      VTPROBE_FIND(archive_entry_hardlink) && VTPROBE_FIND(archive_entry_size) &&
      VTPROBE_FIND(archive_entry_size_is_set);
#undef VTPROBE_FIND
  if (!is_complete) return tl::unexpected(DynamicLibrary::WrongVersion(library, kPurpose));
  return table;
}

}  // namespace vtprobe::import
