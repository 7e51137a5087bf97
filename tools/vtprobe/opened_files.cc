#include "opened_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace vtprobe {
namespace {

Fd OpenToRead(const std::string& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
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
  own_ = OpenToRead(path);
  fd_ = own_.valid() ? own_.get() : -errno;
}

}  // namespace vtprobe
