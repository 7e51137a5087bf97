// Whole reads and writes on file descriptors.

#ifndef VTPROBE_TOOLS_VTPROBE_FD_IO_H_
#define VTPROBE_TOOLS_VTPROBE_FD_IO_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace vtprobe {

// Closes a descriptor when it goes; a negative one is none.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd();
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Hands it over to whoever closes it then.
  int Release() { return std::exchange(fd_, -1); }
  // Closes it now: 0, or the errno of what the kernel could not write after all.
  int Close();

 private:
  int fd_;
};

struct Pipe {
  Fd reads;
  Fd writes;
};

// That no program inherits which is started. Or errno.
tl::expected<Pipe, int> MakePipe();

// What an errno means, in the C library's words.
std::string ErrnoText(int sys_errno);

// Waits where the descriptor does not block, and goes on where a signal
// interrupted. The number of bytes read, 0 at the end, or -errno.
std::ptrdiff_t ReadSome(int fd, char* buffer, std::size_t size);

// All of it: 0, or errno.
int WriteAll(int fd, std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_FD_IO_H_
