// The folders and files of a served recording, by the inode numbers under which
// the kernel asks for them.

#ifndef VTPROBE_TOOLS_MSRFS_TREE_H_
#define VTPROBE_TOOLS_MSRFS_TREE_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msrfs/device_answer.h"

namespace vtprobe::msrfs {

using Inode = std::uint64_t;

// FUSE's number for the folder that is mounted.
inline constexpr Inode kRootInode = 1;

// Thread-safety: const access from several threads is safe.
class Tree {
 public:
  struct Entry {
    std::string name;
    Inode inode;
  };
  struct File {
    LogicalCpu cpu;
    Node node;
  };

  // The files belong to this user and group, as of this time.
  Tree(const PlatformSnapshot& snapshot, uid_t owner, gid_t group, std::time_t time)
      : answers_(snapshot), owner_(owner), group_(group), time_(time) {}

  const DeviceAnswers& answers() const { return answers_; }

  // What is in a folder; nothing in a file.
  std::vector<Entry> Entries(Inode folder) const;
  std::optional<Inode> Find(Inode folder, std::string_view name) const;
  // Nothing for a folder.
  static std::optional<File> FileOf(Inode inode);
  struct stat Attributes(Inode inode) const;

 private:
  DeviceAnswers answers_;
  uid_t owner_;
  gid_t group_;
  std::time_t time_;
};

}  // namespace vtprobe::msrfs

#endif  // VTPROBE_TOOLS_MSRFS_TREE_H_
