// A folder over which a file system of this program is mounted. To mount takes
// rights that to answer for it does not: who holds the mount may be another
// process than who answers (serve.h).

#ifndef VTPROBE_TOOLS_MSRFS_MOUNT_H_
#define VTPROBE_TOOLS_MSRFS_MOUNT_H_

#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "msrfs/libfuse.h"

namespace vtprobe::msrfs {

struct DestroySession {
  void operator()(fuse_session* session) const;
};
using Session = std::unique_ptr<fuse_session, DestroySession>;

// A session of libfuse for these operations, not mounted yet; null if libfuse
// refuses. `data` is what requests carry.
Session NewSession(const fuse_lowlevel_ops& operations, void* data);

class Mount {
 public:
  // Why it can't be mounted otherwise, as a sentence without its full stop.
  static tl::expected<Mount, std::string> On(const std::string& folder);
  // Unmounts, unless somebody has done so.
  ~Mount();
  Mount(Mount&&) noexcept = default;
  Mount& operator=(Mount&&) = delete;

  // By which the kernel asks and is answered, as long as the mount is there.
  int device() const;

 private:
  explicit Mount(Session session) : session_(std::move(session)) {}

  Session session_;
};

}  // namespace vtprobe::msrfs

#endif  // VTPROBE_TOOLS_MSRFS_MOUNT_H_
