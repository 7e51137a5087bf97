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
#define VTPROBE_LIBARCHIVE_FUNCTIONS(EACH) \
  EACH(archive_read_new)                   \
  EACH(archive_read_free)                  \
  EACH(archive_read_support_filter_bzip2)  \
  EACH(archive_read_support_filter_xz)     \
  EACH(archive_read_support_filter_zstd)   \
  EACH(archive_read_support_format_tar)    \
  EACH(archive_read_support_format_raw)    \
  EACH(archive_read_open)                  \
  EACH(archive_read_next_header)           \
  EACH(archive_read_data)                  \
  EACH(archive_read_data_skip)             \
  EACH(archive_filter_bytes)               \
  EACH(archive_error_string)               \
  EACH(archive_format)                     \
  EACH(archive_filter_count)               \
  EACH(archive_entry_pathname)             \
  EACH(archive_entry_pathname_utf8)        \
  EACH(archive_entry_filetype)             \
  EACH(archive_entry_hardlink)             \
  EACH(archive_entry_size)                 \
  EACH(archive_entry_size_is_set)

struct LibArchive {
#define VTPROBE_FUNCTION(name) decltype(&::name) name = nullptr;
  VTPROBE_LIBARCHIVE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
};

// Loads the library by this name, or says why it can't be. It stays loaded:
// the next archive finds it at once. A program that is one static file
// (VTPROBE_STATIC) has it in itself, whatever the name.
tl::expected<LibArchive, std::string> LoadLibArchive(
    const std::string& library = "libarchive.so.13");

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_LIBARCHIVE_H_
