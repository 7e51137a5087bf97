// libfuse3, loaded when a tree is served.
//
// Linked, it would be loaded at every start of the program, and the program
// would not start without it.

#ifndef VTPROBE_TOOLS_MSRFS_LIBFUSE_H_
#define VTPROBE_TOOLS_MSRFS_LIBFUSE_H_

// The oldest interface with what is used here.
#define FUSE_USE_VERSION 32
#include <fuse3/fuse_lowlevel.h>

#include <cstddef>
#include <string>
#include <tl/expected.hpp>

namespace vtprobe::msrfs {

// The functions that serving takes, under their names in libfuse, beside
// fuse_session_new.
#define VTPROBE_LIBFUSE_FUNCTIONS(EACH) \
  EACH(fuse_opt_free_args)              \
  EACH(fuse_session_mount)              \
  EACH(fuse_session_fd)                 \
  EACH(fuse_session_unmount)            \
  EACH(fuse_session_destroy)            \
  EACH(fuse_session_loop_mt_32)         \
  EACH(fuse_req_userdata)               \
  EACH(fuse_reply_err)                  \
  EACH(fuse_reply_entry)                \
  EACH(fuse_reply_attr)                 \
  EACH(fuse_reply_open)                 \
  EACH(fuse_reply_buf)                  \
  EACH(fuse_add_direntry)

// From libfuse 3.17 on a macro around an inline function; the shared library has
// the function by this name all the same.
inline struct fuse_session* LinkedSessionNew(struct fuse_args* args,
                                             const struct fuse_lowlevel_ops* op,
                                             std::size_t op_size, void* userdata) {
  return fuse_session_new(args, op, op_size, userdata);
}
#undef fuse_session_new

struct LibFuse {
  decltype(&LinkedSessionNew) fuse_session_new = nullptr;
#define VTPROBE_FUNCTION(name) decltype(&::name) name = nullptr;
  VTPROBE_LIBFUSE_FUNCTIONS(VTPROBE_FUNCTION)
#undef VTPROBE_FUNCTION
};

// Loads the library by this name, or says why it can't be. It stays loaded. A
// program that is one static file (VTPROBE_STATIC) has it in itself, whatever the
// name.
tl::expected<LibFuse, std::string> LoadLibFuse(const std::string& library);

// The one that is installed, loaded at the first call. It is one for the whole
// process, as the dynamic linker has it: a file system's functions are called
// with nothing of ours in hand, and what they are called with is opened with
// the library.
const tl::expected<LibFuse, std::string>& LoadedLibFuse();

}  // namespace vtprobe::msrfs

#endif  // VTPROBE_TOOLS_MSRFS_LIBFUSE_H_
