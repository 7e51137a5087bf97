#include "msrfs/libfuse.h"

#include <dlfcn.h>

namespace vtprobe::msrfs {
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

tl::expected<LibFuse, std::string> LoadLibFuse(const std::string& library) {
  void* const handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return tl::unexpected("a dump is served with libfuse3, which can't be loaded (" +
                          LoaderError() + "): install it (Debian: apt-get install libfuse3-3)");
  }
  LibFuse table;
#define VTPROBE_FIND(function) Find(handle, #function, &table.function)
  const bool is_complete =
      VTPROBE_FIND(fuse_opt_free_args) && VTPROBE_FIND(fuse_session_new) &&
      VTPROBE_FIND(fuse_session_mount) && VTPROBE_FIND(fuse_session_unmount) &&
      VTPROBE_FIND(fuse_session_destroy) && VTPROBE_FIND(fuse_session_loop_mt_32) &&
      VTPROBE_FIND(fuse_set_signal_handlers) && VTPROBE_FIND(fuse_remove_signal_handlers) &&
      VTPROBE_FIND(fuse_req_userdata) && VTPROBE_FIND(fuse_reply_err) &&
      VTPROBE_FIND(fuse_reply_entry) && VTPROBE_FIND(fuse_reply_attr) &&
      VTPROBE_FIND(fuse_reply_open) && VTPROBE_FIND(fuse_reply_buf) &&
      VTPROBE_FIND(fuse_add_direntry);
#undef VTPROBE_FIND
  if (!is_complete) {
    return tl::unexpected("a dump is served with libfuse3, but " + library +
                          " is another version: " + LoaderError());
  }
  return table;
}

const tl::expected<LibFuse, std::string>& LoadedLibFuse() {
  static const auto kLoaded = LoadLibFuse("libfuse3.so.3");
  return kLoaded;
}

}  // namespace vtprobe::msrfs
