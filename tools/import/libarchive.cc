#include "import/libarchive.h"

#include <dlfcn.h>

#include <string_view>

namespace vtprobe::import {
namespace {

std::string LoaderError() {
  const char* const text = ::dlerror();
  return text == nullptr ? "unknown error" : text;
}

template <typename Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
  return *function != nullptr;
}

}  // namespace

tl::expected<LibArchive, std::string> LoadLibArchive(const std::string& library) {
  void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return tl::unexpected("archives are read with libarchive, which can't be loaded (" +
                          LoaderError() + "): install it (Debian: apt-get install libarchive13)");
  }
  LibArchive table;
#define VTPROBE_FIND(function) Find(handle, #function, &table.function)
  const bool is_complete =
      VTPROBE_FIND(archive_read_new) && VTPROBE_FIND(archive_read_free) &&
      VTPROBE_FIND(archive_read_support_filter_gzip) &&
      VTPROBE_FIND(archive_read_support_filter_bzip2) &&
      VTPROBE_FIND(archive_read_support_filter_xz) &&
      VTPROBE_FIND(archive_read_support_filter_zstd) &&
      VTPROBE_FIND(archive_read_support_format_tar) &&
      VTPROBE_FIND(archive_read_support_format_raw) && VTPROBE_FIND(archive_read_open_memory) &&
      VTPROBE_FIND(archive_read_next_header) && VTPROBE_FIND(archive_read_data) &&
      VTPROBE_FIND(archive_error_string) && VTPROBE_FIND(archive_format) &&
      VTPROBE_FIND(archive_filter_count) && VTPROBE_FIND(archive_entry_pathname) &&
      VTPROBE_FIND(archive_entry_filetype);
#undef VTPROBE_FIND
  if (!is_complete) {
    return tl::unexpected("archives are read with libarchive, but " + library +
                          " is another version: " + LoaderError());
  }
  return table;
}

}  // namespace vtprobe::import
