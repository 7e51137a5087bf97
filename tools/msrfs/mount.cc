#include "msrfs/mount.h"

#include <unistd.h>

#include <array>

namespace vtprobe::msrfs {

void DestroySession::operator()(fuse_session* session) const {
  LoadedLibFuse()->fuse_session_destroy(session);
}

Session NewSession(const fuse_lowlevel_ops& operations, void* data) {
  const LibFuse& fuse = *LoadedLibFuse();
  // The kernel compares modes with whoever opens. Only root may let others in.
  std::string options = "-ofsname=vtprobe,subtype=msrfs,default_permissions";
  if (::geteuid() == 0) options += ",allow_other";
  std::string name = "vtprobe";
  std::array<char*, 2> words = {name.data(), options.data()};
  fuse_args arguments = {static_cast<int>(words.size()), words.data(), 0};
  Session session(fuse.fuse_session_new(&arguments, &operations, sizeof(operations), data));
  // Parsing put a copy of its own in their place.
  fuse.fuse_opt_free_args(&arguments);
  return session;
}

tl::expected<Mount, std::string> Mount::On(const std::string& folder) {
  const auto& library = LoadedLibFuse();
  if (!library) return tl::unexpected(library.error());
  // It answers nothing: a session without a lookup is one that libfuse takes.
  constexpr fuse_lowlevel_ops kNothing = {};
  Session session = NewSession(kNothing, nullptr);
  if (session == nullptr) return tl::unexpected<std::string>("libfuse refuses to begin");
  if (library->fuse_session_mount(session.get(), folder.c_str()) != 0) {
    return tl::unexpected("can't mount on " + folder);
  }
  return Mount(std::move(session));
}

Mount::~Mount() {
  if (session_ != nullptr) LoadedLibFuse()->fuse_session_unmount(session_.get());
}

int Mount::device() const { return LoadedLibFuse()->fuse_session_fd(session_.get()); }

}  // namespace vtprobe::msrfs
