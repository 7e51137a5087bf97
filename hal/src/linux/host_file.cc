#include "linux/host_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "linux/plain_text.h"

namespace vtprobe {
namespace {

// Linux gives an attribute at most a page; a tree made for a test or copied
// from elsewhere may hold anything.
constexpr std::size_t kMaxAttributeBytes = std::size_t{1} << 20;
constexpr std::size_t kFirstReadBytes = 4096;

}  // namespace

std::optional<HostFile> HostFile::Open(const std::filesystem::path& path, Kind kind) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  struct stat status {};
  const bool known = ::fstat(fd, &status) == 0;
  HostFile file(fd, status.st_mtim.tv_sec);
  const bool right_kind =
      known && (S_ISREG(status.st_mode) ||
                (kind == Kind::kRegularOrCharacterDevice && S_ISCHR(status.st_mode)));
  if (!right_kind) return std::nullopt;
  return file;
}

HostFile::HostFile(HostFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), modified_at_(other.modified_at_) {}

HostFile::~HostFile() {
  if (fd_ >= 0) ::close(fd_);
}

ssize_t HostFile::Read(char* buffer, std::size_t size) const {
  ssize_t got = 0;
  do {
    got = ::read(fd_, buffer, size);
  } while (got < 0 && errno == EINTR);
  return got;
}

std::optional<std::string> ReadRest(const HostFile& file, std::size_t max_bytes) {
  std::string content;
  for (;;) {
    const std::size_t used = content.size();
    // One byte more than allowed is asked for: getting it proves the file too long.
    content.resize(std::min(used + std::max(used, kFirstReadBytes), max_bytes + 1));
    const ssize_t got = file.Read(content.data() + used, content.size() - used);
    if (got < 0) return std::nullopt;
    content.resize(used + static_cast<std::size_t>(got));
    if (got == 0) return content;
    if (content.size() > max_bytes) return std::nullopt;
  }
}

std::optional<std::string> ReadWholeFile(const std::filesystem::path& path, std::size_t max_bytes) {
  const auto file = HostFile::Open(path);
  if (!file) return std::nullopt;
  return ReadRest(*file, max_bytes);
}

std::optional<std::string> ReadAttribute(const std::filesystem::path& path) {
  auto content = ReadWholeFile(path, kMaxAttributeBytes);
  if (!content) return std::nullopt;
  if (content->ends_with('\n')) content->pop_back();
  if (content->empty() || !IsPlainText(*content)) return std::nullopt;
  return content;
}

int OpenCharacterDevice(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct stat status {};
  if (::fstat(fd, &status) == 0 && S_ISCHR(status.st_mode)) return fd;
  ::close(fd);
  return -ENODEV;
}

bool IsFolder(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error) && !error;
}

}  // namespace vtprobe
