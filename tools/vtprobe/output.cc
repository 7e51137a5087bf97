#include "output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "fd_io.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

// A step's errno, 0 if it went well.
using Errno = int;

Errno WriteStandardOutput(std::string_view text) {
  if (const Errno error = WriteAll(STDOUT_FILENO, text); error != 0) return error;
  // Some file systems tell only here that there was no room.
  Fd copy(::dup(STDOUT_FILENO));
  return copy.valid() ? copy.Close() : errno;
}

Errno WriteDirectly(const std::string& path, std::string_view text) {
  Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return errno;
  const Errno error = WriteAll(fd.get(), text);
  const Errno closing = fd.Close();
  return error != 0 ? error : closing;
}

// The permissions that creating a file would give it.
mode_t DefaultMode() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

Errno WriteAndSync(int fd, mode_t mode, std::string_view text) {
  if (const Errno error = WriteAll(fd, text); error != 0) return error;
  return ::fchmod(fd, mode) == 0 && ::fsync(fd) == 0 ? 0 : errno;
}

Errno Replace(const std::string& path, mode_t mode, std::string_view text) {
  std::string beside = path + ".XXXXXX";
  Fd fd(::mkostemp(beside.data(), O_CLOEXEC));
  if (!fd.valid()) return errno;
  Errno error = WriteAndSync(fd.get(), mode, text);
  if (const Errno closing = fd.Close(); error == 0) error = closing;
  if (error == 0 && ::rename(beside.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) ::unlink(beside.c_str());
  return error;
}

// The file that a link leads to: replacing the link would leave the file as
// it was.
std::string Resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real ? real.get() : path;
}

bool IsStandardOutput(const struct stat& file) {
  struct stat out {};
  return ::fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == file.st_dev &&
         out.st_ino == file.st_ino;
}

Errno WriteFile(const std::string& path, std::string_view text) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) {
    return errno == ENOENT ? Replace(path, DefaultMode(), text) : errno;
  }
  // /dev/stdout, redirected to a file that others may write to as well.
  if (IsStandardOutput(file)) return WriteStandardOutput(text);
  if (S_ISDIR(file.st_mode)) return EISDIR;
  if (!S_ISREG(file.st_mode)) return WriteDirectly(path, text);
  // Renaming would get around the file's own permissions.
  if (::access(path.c_str(), W_OK) != 0) return errno;
  return Replace(Resolved(path), file.st_mode & 0777, text);
}

}  // namespace

OrFailure<void> WriteOutput(const std::optional<std::string>& path, std::string_view text) {
  const bool to_stdout = !path || *path == "-";
  const Errno error = to_stdout ? WriteStandardOutput(text) : WriteFile(*path, text);
  if (error == 0) return {};
  return Fails(kOutputFailed,
               fmt::format("can't write {}: {}", to_stdout ? "standard output" : Printable(*path),
                           ErrnoText(error)));
}

void PrintError(std::string_view text) { static_cast<void>(WriteAll(STDERR_FILENO, text)); }

}  // namespace vtprobe
