// Files that the command line names, opened before rights are given up: what root
// may read can be read afterwards by a process that could not open it.

#ifndef VTPROBE_TOOLS_VTPROBE_OPENED_FILES_H_
#define VTPROBE_TOOLS_VTPROBE_OPENED_FILES_H_

#include <map>
#include <optional>
#include <string>

#include "fd_io.h"

namespace vtprobe {

class OpenedFiles {
 public:
  // Opens it to be read, unless it is a folder or standard input ("-"), and keeps
  // why not if that fails.
  void Open(const std::string& path);

  // The descriptor, which stays this object's, or -errno. Nothing for a path that
  // was not opened here.
  std::optional<int> Find(const std::string& path) const;

 private:
  struct Opened {
    Fd fd;
    int sys_errno;
  };

  std::map<std::string, Opened> files_;
};

// A file to read from, from its beginning if it has one: what was opened before,
// standard input for "-", or else what is opened here.
class InputFile {
 public:
  InputFile(const std::string& path, const OpenedFiles* opened);

  // Or -errno.
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  Fd own_{-1};
  int fd_;
};

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_OPENED_FILES_H_
