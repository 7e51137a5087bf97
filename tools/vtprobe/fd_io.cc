#include "fd_io.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace vtprobe {
namespace {

// Whether the call that failed is worth repeating, after a wait if need be.
bool MayRepeat(int fd, decltype(pollfd::events) events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
  pollfd waiting{fd, events, 0};
  return ::poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

}  // namespace

Fd::~Fd() { Close(); }

int Fd::Close() {
  const int fd = std::exchange(fd_, -1);
  return fd < 0 || ::close(fd) == 0 ? 0 : errno;
}

tl::expected<Pipe, int> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return tl::unexpected(errno);
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

std::string ErrnoText(int sys_errno) { return std::generic_category().message(sys_errno); }

std::ptrdiff_t ReadSome(int fd, char* buffer, std::size_t size) {
  while (true) {
    const ssize_t count = ::read(fd, buffer, size);
    if (count >= 0) return count;
    if (!MayRepeat(fd, POLLIN)) return -errno;
  }
}

int WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (!MayRepeat(fd, POLLOUT)) {
      return errno;
    }
  }
  return 0;
}

}  // namespace vtprobe
