#include "opened_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace vtprobe {
namespace {

Fd OpenToRead(const std::string& path, int more_flags = 0) {
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | more_flags));
}

// What nobody named but a list or a folder: a pipe there would be waited for, and
// a device says what is no recording.
Fd OpenFound(const std::string& path, int* sys_errno) {
  Fd fd = OpenToRead(path, O_NONBLOCK);
  struct stat status {};
  if (!fd.valid() || ::fstat(fd.get(), &status) != 0) {
    *sys_errno = errno;
    return Fd(-1);
  }
  if (S_ISREG(status.st_mode)) return fd;
  *sys_errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  return Fd(-1);
}

}  // namespace

void OpenedFiles::Open(const std::string& path) {
  struct stat status {};
  if (path == "-" || files_.contains(path)) return;
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return;
  Fd fd = OpenToRead(path);
  const int sys_errno = fd.valid() ? 0 : errno;
  files_.emplace(path, Opened{std::move(fd), sys_errno});
}

std::optional<int> OpenedFiles::Find(const std::string& path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return std::nullopt;
  return found->second.fd.valid() ? found->second.fd.get() : -found->second.sys_errno;
}

InputFile::InputFile(const std::string& path, const OpenedFiles* opened) {
  if (path == "-") {
    fd_ = STDIN_FILENO;
    return;
  }
  if (const auto fd = opened == nullptr ? std::nullopt : opened->Find(path)) {
    fd_ = *fd;
    // What is named twice is read twice, unless it is a pipe.
    if (valid()) ::lseek(fd_, 0, SEEK_SET);
    return;
  }
  int sys_errno = 0;
  own_ = OpenFound(path, &sys_errno);
  fd_ = own_.valid() ? own_.get() : -sys_errno;
}

}  // namespace vtprobe
