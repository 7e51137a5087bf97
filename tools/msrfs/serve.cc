#include "msrfs/serve.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

#include "msrfs/libfuse.h"
#include "msrfs/mount.h"
#include "msrfs/tree.h"

namespace vtprobe::msrfs {
namespace {

// Seconds for which the kernel may believe what it was told. A file's attributes
// never change; a folder's are asked for each time, so that whoever looks at the
// tree when its server is gone is told so.
constexpr double kForever = 1e9;

// libfuse's own number.
constexpr unsigned kIdleThreads = 10;

double LifeOfAttributes(Inode inode) { return Tree::FileOf(inode) ? kForever : 0; }

// Serve() has loaded it before any of the functions below is called.
const LibFuse& Fuse() { return *LoadedLibFuse(); }

const Tree& TreeOf(fuse_req_t request) {
  return *static_cast<const Tree*>(Fuse().fuse_req_userdata(request));
}

// What each request is answered with. A reply that fails has nobody to be told.

void Lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  const Tree& tree = TreeOf(request);
  const std::optional<Inode> inode = tree.Find(parent, name);
  if (!inode) {
    Fuse().fuse_reply_err(request, ENOENT);
    return;
  }
  fuse_entry_param entry = {};
  entry.ino = *inode;
  entry.attr = tree.Attributes(*inode);
  entry.attr_timeout = LifeOfAttributes(*inode);
  entry.entry_timeout = kForever;
  Fuse().fuse_reply_entry(request, &entry);
}

void GetAttributes(fuse_req_t request, fuse_ino_t inode, fuse_file_info*) {
  const struct stat attributes = TreeOf(request).Attributes(inode);
  Fuse().fuse_reply_attr(request, &attributes, LifeOfAttributes(inode));
}

// A device does not mind O_TRUNC; everything else about a file is fixed.
void SetAttributes(fuse_req_t request, fuse_ino_t inode, struct stat*, int to_set,
                   fuse_file_info* file) {
  if (to_set != FUSE_SET_ATTR_SIZE) {
    Fuse().fuse_reply_err(request, EPERM);
    return;
  }
  GetAttributes(request, inode, file);
}

void ReadFolder(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset,
                fuse_file_info*) {
  const Tree& tree = TreeOf(request);
  const std::vector<Tree::Entry> entries = tree.Entries(inode);
  std::vector<char> buffer(size);
  std::size_t used = 0;
  for (auto at = static_cast<std::size_t>(offset); at < entries.size(); ++at) {
    const struct stat attributes = tree.Attributes(entries[at].inode);
    const std::size_t needed =
        Fuse().fuse_add_direntry(request, buffer.data() + used, size - used,
                                 entries[at].name.c_str(), &attributes, static_cast<off_t>(at + 1));
    if (needed > size - used) break;
    used += needed;
  }
  Fuse().fuse_reply_buf(request, buffer.data(), used);
}

void Open(fuse_req_t request, fuse_ino_t inode, fuse_file_info* file) {
  const std::optional<Tree::File> opened = Tree::FileOf(inode);
  const int sys_errno = opened ? TreeOf(request).answers().Open(opened->cpu, opened->node) : EISDIR;
  if (sys_errno != 0) {
    Fuse().fuse_reply_err(request, sys_errno);
    return;
  }
  // Each read comes here with its own size and offset, and none from the cache.
  file->direct_io = 1;
  Fuse().fuse_reply_open(request, file);
}

void Read(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t offset, fuse_file_info*) {
  const std::optional<Tree::File> file = Tree::FileOf(inode);
  if (!file) {
    Fuse().fuse_reply_err(request, EISDIR);
    return;
  }
  const Answer answer = TreeOf(request).answers().Read(file->cpu, file->node,
                                                       static_cast<std::uint64_t>(offset), size);
  if (answer.sys_errno != 0) {
    Fuse().fuse_reply_err(request, answer.sys_errno);
    return;
  }
  std::vector<char> bytes(answer.bytes.size());
  if (!bytes.empty()) std::memcpy(bytes.data(), answer.bytes.data(), bytes.size());
  Fuse().fuse_reply_buf(request, bytes.data(), bytes.size());
}

void Write(fuse_req_t request, fuse_ino_t, const char*, std::size_t, off_t, fuse_file_info*) {
  Fuse().fuse_reply_err(request, EPERM);
}

constexpr fuse_lowlevel_ops Operations() {
  fuse_lowlevel_ops operations = {};
  operations.lookup = Lookup;
  operations.getattr = GetAttributes;
  operations.setattr = SetAttributes;
  operations.readdir = ReadFolder;
  operations.open = Open;
  operations.read = Read;
  operations.write = Write;
  return operations;
}

}  // namespace

tl::expected<void, std::string> Serve(const PlatformSnapshot& snapshot, Owner owner, int device,
                                      const std::function<void()>& begun) {
  const auto& library = LoadedLibFuse();
  if (!library) return tl::unexpected(library.error());

  Tree tree(snapshot, owner.user, owner.group, std::time(nullptr));
  constexpr fuse_lowlevel_ops kOperations = Operations();
  const Session session = NewSession(kOperations, &tree);
  // libfuse takes this path for a mount that is there already.
  const std::string mounted = "/dev/fd/" + std::to_string(device);
  if (session == nullptr || Fuse().fuse_session_mount(session.get(), mounted.c_str()) != 0) {
    return tl::unexpected<std::string>("libfuse refuses to begin");
  }
  begun();
  fuse_loop_config config = {.clone_fd = 0, .max_idle_threads = kIdleThreads};
  if (Fuse().fuse_session_loop_mt_32(session.get(), &config) < 0) {
    return tl::unexpected<std::string>("serving ended with an error");
  }
  return {};
}

}  // namespace vtprobe::msrfs
