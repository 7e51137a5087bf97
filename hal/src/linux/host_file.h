// Reading a file of the host, whatever stands in its place.
//
// procfs and sysfs are asked on machines that nobody has seen before, some of
// them containers with half a /proc. A directory, a FIFO that nobody writes to
// or a file without end must cost neither time nor memory, so files are opened
// without blocking, their kind is looked at, and each read has a bound.

#ifndef VTPROBE_HAL_SRC_LINUX_HOST_FILE_H_
#define VTPROBE_HAL_SRC_LINUX_HOST_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace vtprobe {

class HostFile {
 public:
  enum class Kind : std::uint8_t { kRegular, kRegularOrCharacterDevice };

  // Nothing if the file can't be opened for reading or is of another kind.
  static std::optional<HostFile> Open(const std::filesystem::path& path,
                                      Kind kind = Kind::kRegular);
  ~HostFile();
  HostFile(HostFile&& other) noexcept;
  HostFile& operator=(HostFile&&) = delete;

  // As read(2) on a non-blocking descriptor, repeated when a signal interrupts.
  ssize_t Read(char* buffer, std::size_t size) const;

  // Seconds since the epoch.
  std::int64_t modified_at() const { return modified_at_; }

 private:
  HostFile(int fd, std::int64_t modified_at) : fd_(fd), modified_at_(modified_at) {}

  int fd_;
  std::int64_t modified_at_;
};

// What lies between here and the end of the file; nothing if that is more than
// `max_bytes` or can't be read to the end. Part of a file is never returned.
std::optional<std::string> ReadRest(const HostFile& file, std::size_t max_bytes);
std::optional<std::string> ReadWholeFile(const std::filesystem::path& path, std::size_t max_bytes);

// The one line of a sysfs or procfs attribute, without its newline. Nothing if
// it is empty, has further lines, or is not plain text.
std::optional<std::string> ReadAttribute(const std::filesystem::path& path);

// A descriptor of that character device, opened for reading without blocking, for the
// caller to close; or -errno, which is -ENODEV where something else stands there.
int OpenCharacterDevice(const std::filesystem::path& path);

// Whether a folder, or a link to one, stands there.
bool IsFolder(const std::filesystem::path& path);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_HOST_FILE_H_
