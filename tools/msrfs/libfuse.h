// libfuse3, loaded when a tree is served.
//
// Linked, it would be loaded at every start of the program, and the program
// would not start without it.

#ifndef VTPROBE_TOOLS_MSRFS_LIBFUSE_H_
#define VTPROBE_TOOLS_MSRFS_LIBFUSE_H_

// The oldest interface with what is used here.
#define FUSE_USE_VERSION 32
#include <fuse3/fuse_lowlevel.h>
// From libfuse 3.17 on a macro around an inline function; the library has the
// function by this name all the same.
#undef fuse_session_new

#include <cstddef>
#include <string>
#include <tl/expected.hpp>

namespace vtprobe::msrfs {

// The functions that serving takes, under their names in libfuse.
struct LibFuse {
  decltype(&::fuse_opt_free_args) fuse_opt_free_args = nullptr;
  struct fuse_session* (*fuse_session_new)(struct fuse_args* args,
                                           const struct fuse_lowlevel_ops* op, std::size_t op_size,
                                           void* userdata) = nullptr;
  decltype(&::fuse_session_mount) fuse_session_mount = nullptr;
  decltype(&::fuse_session_fd) fuse_session_fd = nullptr;
  decltype(&::fuse_session_unmount) fuse_session_unmount = nullptr;
  decltype(&::fuse_session_destroy) fuse_session_destroy = nullptr;
  decltype(&::fuse_session_loop_mt_32) fuse_session_loop_mt_32 = nullptr;
  decltype(&::fuse_set_signal_handlers) fuse_set_signal_handlers = nullptr;
  decltype(&::fuse_remove_signal_handlers) fuse_remove_signal_handlers = nullptr;
  decltype(&::fuse_req_userdata) fuse_req_userdata = nullptr;
  decltype(&::fuse_reply_err) fuse_reply_err = nullptr;
  decltype(&::fuse_reply_entry) fuse_reply_entry = nullptr;
  decltype(&::fuse_reply_attr) fuse_reply_attr = nullptr;
  decltype(&::fuse_reply_open) fuse_reply_open = nullptr;
  decltype(&::fuse_reply_buf) fuse_reply_buf = nullptr;
  decltype(&::fuse_add_direntry) fuse_add_direntry = nullptr;
};

// Loads the library by this name, or says why it can't be. It stays loaded.
tl::expected<LibFuse, std::string> LoadLibFuse(const std::string& library);

// The one that is installed, loaded at the first call. It is one for the whole
// process, as the dynamic linker has it: a file system's functions are called
// with nothing of ours in hand, and what they are called with is opened with
// the library.
const tl::expected<LibFuse, std::string>& LoadedLibFuse();

}  // namespace vtprobe::msrfs

#endif  // VTPROBE_TOOLS_MSRFS_LIBFUSE_H_
