#include "msrfs/libfuse.h"

#include <string_view>
#include <utility>

#include "vtprobe/hal/dynamic_library.h"

namespace vtprobe::msrfs {
namespace {

constexpr std::string_view kPurpose = "a dump is served with libfuse3";

// Debian's, where the headers that this was built with come from: the library is
// as a rule the one beside them.
constexpr std::string_view kPackage =
    FUSE_VERSION < FUSE_MAKE_VERSION(3, 17) ? "libfuse3-3" : "libfuse3-4";

// What is used here is the same in 3.17, which calls itself .so.4, and before.
tl::expected<LibFuse, std::string> LoadNewest() {
  auto newest = LoadLibFuse("libfuse3.so.4");
  return newest ? std::move(newest) : LoadLibFuse("libfuse3.so.3");
}

}  // namespace

tl::expected<LibFuse, std::string> LoadLibFuse(const std::string& library) {
  const auto loaded = DynamicLibrary::Load(library, kPurpose, kPackage);
  if (!loaded) return tl::unexpected(loaded.error());
  LibFuse table;
#define VTPROBE_FIND(function) loaded->Find(#function, &table.function)
  const bool is_complete =
      VTPROBE_FIND(fuse_opt_free_args) && VTPROBE_FIND(fuse_session_new) &&
      VTPROBE_FIND(fuse_session_mount) && VTPROBE_FIND(fuse_session_fd) &&
      VTPROBE_FIND(fuse_session_unmount) && VTPROBE_FIND(fuse_session_destroy) &&
      VTPROBE_FIND(fuse_session_loop_mt_32) && VTPROBE_FIND(fuse_set_signal_handlers) &&
      VTPROBE_FIND(fuse_remove_signal_handlers) && VTPROBE_FIND(fuse_req_userdata) &&
      VTPROBE_FIND(fuse_reply_err) && VTPROBE_FIND(fuse_reply_entry) &&
      VTPROBE_FIND(fuse_reply_attr) && VTPROBE_FIND(fuse_reply_open) &&
      VTPROBE_FIND(fuse_reply_buf) && VTPROBE_FIND(fuse_add_direntry);
#undef VTPROBE_FIND
  if (!is_complete) return tl::unexpected(DynamicLibrary::WrongVersion(library, kPurpose));
  return table;
}

const tl::expected<LibFuse, std::string>& LoadedLibFuse() {
  static const auto kLoaded = LoadNewest();
  return kLoaded;
}

}  // namespace vtprobe::msrfs
