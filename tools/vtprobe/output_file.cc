#include "output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>

#include "fd_io.h"

namespace vtprobe {
namespace {

// A step's errno, 0 if it went well.
using Errno = int;

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kPermissions = 0666;

// Holds back what would end the process between the making of a name and its
// removal.
class SignalsHeldBack {
 public:
  SignalsHeldBack() {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsHeldBack() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

 private:
  sigset_t before_{};
};

mode_t Umask() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

mode_t ModeOf(const OutputPlace& place, OutputMode mode) {
  if (mode.asked) return *mode.asked & kPermissions & ~Umask();
  const mode_t most = mode.is_private ? kOwnerOnly : kPermissions;
  return (place.file ? place.file->st_mode : kPermissions) & most & ~Umask();
}

// Short whatever the file's own name is, which may be as long as a name can be.
std::string NameBeside() {
  std::uint64_t random = 0;
  if (::getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random)) {
    random = static_cast<std::uint64_t>(::getpid());
  }
  return fmt::format(".vtprobe-{:016x}", random);
}

Errno Synchronize(int fd) {
  // Some file systems have nothing to synchronize, and say so.
  return ::fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
}

Errno Fill(int fd, const OutputPlace& place, OutputMode mode, std::string_view text) {
  if (const Errno error = WriteAll(fd, text); error != 0) return error;
  struct stat made {};
  if (::fstat(fd, &made) != 0) return errno;
  const bool has_owner =
      !place.file || (place.file->st_uid == made.st_uid && place.file->st_gid == made.st_gid);
  // Only root gives files away; another keeps what it could make.
  if (!has_owner && ::fchown(fd, place.file->st_uid, place.file->st_gid) != 0 && errno != EPERM) {
    return errno;
  }
  if (::fchmod(fd, ModeOf(place, mode)) != 0) return errno;
  return Synchronize(fd);
}

Errno Rename(int folder, const std::string& from, const std::string& to, unsigned flags) {
  return ::syscall(SYS_renameat2, folder, from.c_str(), folder, to.c_str(), flags) == 0 ? 0 : errno;
}

// Gives what stands beside the file's name, and takes its own away if it can't.
Errno Place(const OutputPlace& place, const std::string& beside) {
  const int folder = place.folder.get();
  Errno error = Rename(folder, beside, place.name, place.file ? 0 : RENAME_NOREPLACE);
  // Not every file system knows the flag. One without it has no users either.
  if (error == EINVAL && !place.file) error = Rename(folder, beside, place.name, 0);
  if (error != 0) ::unlinkat(folder, beside.c_str(), 0);
  return error;
}

Errno Link(int file, int folder, const std::string& name) {
  const std::string same = fmt::format("/proc/self/fd/{}", file);
  return ::linkat(AT_FDCWD, same.c_str(), folder, name.c_str(), AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

Errno WriteNameless(Fd nameless, const OutputPlace& place, OutputMode mode, std::string_view text) {
  if (const Errno error = Fill(nameless.get(), place, mode, text); error != 0) return error;
  const SignalsHeldBack held_back;
  if (!place.file) return Link(nameless.get(), place.folder.get(), place.name);
  const std::string beside = NameBeside();
  if (const Errno error = Link(nameless.get(), place.folder.get(), beside); error != 0) {
    return error;
  }
  return Place(place, beside);
}

Errno WriteBeside(const OutputPlace& place, OutputMode mode, std::string_view text) {
  const SignalsHeldBack held_back;
  const std::string beside = NameBeside();
  Fd fd(::openat(place.folder.get(), beside.c_str(),
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (!fd.valid()) return errno;
  Errno error = Fill(fd.get(), place, mode, text);
  if (const Errno closing = fd.Close(); error == 0) error = closing;
  if (error == 0) return Place(place, beside);
  ::unlinkat(place.folder.get(), beside.c_str(), 0);
  return error;
}

Errno SynchronizeFolder(int folder) {
  const Fd fd(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder may be one to write to and not to read.
  return fd.valid() ? Synchronize(fd.get()) : 0;
}

bool CanBeLinked() { return ::access("/proc/self/fd", X_OK) == 0; }

}  // namespace

int WriteOutputFile(const OutputPlace& place, OutputMode mode, std::string_view text) {
  Fd nameless(CanBeLinked()
                  ? ::openat(place.folder.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kOwnerOnly)
                  : -1);
  const Errno error = nameless.valid() ? WriteNameless(std::move(nameless), place, mode, text)
                                       : WriteBeside(place, mode, text);
  return error != 0 ? error : SynchronizeFolder(place.folder.get());
}

}  // namespace vtprobe
