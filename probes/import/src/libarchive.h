// libarchive, loaded when it is needed.
//
// Linked, it would bring an XML parser and ICU into every start of the program;
// few runs meet an archive. So its functions are looked up in the library when
// one is met.

#ifndef VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_H_
#define VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_H_

#include <archive.h>
#include <archive_entry.h>

#include <string>
#include <tl/expected.hpp>

namespace vtprobe::import {

// The functions that reading takes, under their names in libarchive.
struct LibArchive {
  decltype(&::archive_read_new) archive_read_new = nullptr;
  decltype(&::archive_read_free) archive_read_free = nullptr;
  decltype(&::archive_read_support_filter_bzip2) archive_read_support_filter_bzip2 = nullptr;
  decltype(&::archive_read_support_filter_xz) archive_read_support_filter_xz = nullptr;
  decltype(&::archive_read_support_filter_zstd) archive_read_support_filter_zstd = nullptr;
  decltype(&::archive_read_support_format_tar) archive_read_support_format_tar = nullptr;
  decltype(&::archive_read_support_format_raw) archive_read_support_format_raw = nullptr;
  decltype(&::archive_read_open) archive_read_open = nullptr;
  decltype(&::archive_read_next_header) archive_read_next_header = nullptr;
  decltype(&::archive_read_data) archive_read_data = nullptr;
  decltype(&::archive_read_data_skip) archive_read_data_skip = nullptr;
  decltype(&::archive_filter_bytes) archive_filter_bytes = nullptr;
  decltype(&::archive_error_string) archive_error_string = nullptr;
  decltype(&::archive_format) archive_format = nullptr;
  decltype(&::archive_filter_count) archive_filter_count = nullptr;
  decltype(&::archive_entry_pathname) archive_entry_pathname = nullptr;
  decltype(&::archive_entry_pathname_utf8) archive_entry_pathname_utf8 = nullptr;
  decltype(&::archive_entry_filetype) archive_entry_filetype = nullptr;
  decltype(&::archive_entry_hardlink) archive_entry_hardlink = nullptr;
  decltype(&::archive_entry_size) archive_entry_size = nullptr;
  decltype(&::archive_entry_size_is_set) archive_entry_size_is_set = nullptr;
};

// Loads the library by this name, or says why it can't be. It stays loaded:
// the next archive finds it at once.
tl::expected<LibArchive, std::string> LoadLibArchive(
    const std::string& library = "libarchive.so.13");

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_H_
