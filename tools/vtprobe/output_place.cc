#include "output_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <utility>

namespace vtprobe {
namespace {

constexpr uid_t kRoot = 0;
// As many as the kernel follows (MAXSYMLINKS).
constexpr int kMostLinks = 40;

template <typename T>
using OrWhy = tl::expected<T, std::string>;

tl::unexpected<std::string> Why(int sys_errno) { return tl::unexpected(ErrnoText(sys_errno)); }

// Whether anybody may put files there: as fs.protected_regular=2 sees it, and
// where no sticky bit keeps them from removing those of others.
bool IsShared(const struct stat& folder) {
  return (folder.st_mode & S_IWOTH) != 0 ||
         ((folder.st_mode & S_ISVTX) != 0 && (folder.st_mode & S_IWGRP) != 0);
}

// Whether anybody but its owner may put files there.
bool IsWrittenByOthers(const struct stat& folder) {
  return (folder.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

// A link of the proc file system leads to an object and not to the path that it
// shows. Only the kernel can follow it, and only it makes such links.
bool IsOnProc(int fd) {
  struct statfs system {};
  return ::fstatfs(fd, &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

bool IsStandardOutput(const struct stat& file) {
  struct stat out {};
  return ::fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == file.st_dev &&
         out.st_ino == file.st_ino;
}

class Walk {
 public:
  explicit Walk(const std::string& path) : rest_(path) {}

  OrWhy<OutputPlace> Go() {
    if (auto begun = Begin(); !begun) return tl::unexpected(begun.error());
    while (true) {
      const std::string name = TakeName();
      if (name.empty()) return Why(EISDIR);  // the path ends with a slash
      Fd found(::openat(folder_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (!found.valid()) {
        if (errno == ENOENT && !rest_.empty() && rest_.size() >= behind_link_) {
          return tl::unexpected(
              fmt::format("a link on the way leads to {}, and there is no {}", target_, name));
        }
        if (errno != ENOENT || !rest_.empty()) return Why(errno);
        return New(name);
      }
      struct stat status {};
      if (auto looked = Look(name, &found, &status); !looked) {
        return tl::unexpected(looked.error());
      }
      if (S_ISLNK(status.st_mode)) {
        if (auto followed = Follow(found, status); !followed) {
          return tl::unexpected(followed.error());
        }
      } else if (rest_.empty()) {
        return Existing(name, std::move(found), status);
      } else if (S_ISDIR(status.st_mode)) {
        folder_ = std::move(found);
        is_magic_ = false;
      } else {
        return Why(ENOTDIR);
      }
    }
  }

 private:
  // What was found; behind a link that only the kernel can follow, what that leads
  // to.
  OrWhy<void> Look(const std::string& name, Fd* found, struct stat* status) {
    if (::fstat(found->get(), status) != 0) return Why(errno);
    if (!S_ISLNK(status->st_mode) || !IsOnProc(folder_.get())) return {};
    is_magic_ = true;
    *found = Fd(::openat(folder_.get(), name.c_str(), O_PATH | O_CLOEXEC));
    if (!found->valid() || ::fstat(found->get(), status) != 0) return Why(errno);
    return {};
  }

  // Opens where the rest of the path begins.
  OrWhy<void> Begin() {
    if (rest_.empty()) return Why(ENOENT);
    const char* const first = rest_.front() == '/' ? "/" : ".";
    if (rest_.front() != '/' && folder_.valid()) return {};
    folder_ = Fd(::open(first, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!folder_.valid()) return Why(errno);
    return {};
  }

  // The next component; its slashes stay in front of what follows, so that a
  // path which ends with one has a rest.
  std::string TakeName() {
    rest_.erase(0, rest_.find_first_not_of('/'));
    std::string name = rest_.substr(0, rest_.find('/'));
    rest_.erase(0, name.size());
    return name;
  }

  OrWhy<void> Follow(const Fd& link, const struct stat& status) {
    if (++links_ > kMostLinks) return Why(ELOOP);
    if (status.st_uid != ::geteuid() && status.st_uid != kRoot) {
      struct stat folder {};
      if (::fstat(folder_.get(), &folder) != 0) return Why(errno);
      if (IsShared(folder)) {
        return tl::unexpected(fmt::format(
            "on the way is a link of another user ({}) in a folder that everybody may write to",
            status.st_uid));
      }
      if (trusted_ && *trusted_ != status.st_uid) return LeadsElsewhere(status.st_uid);
      trusted_ = status.st_uid;
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t size = ::readlinkat(link.get(), "", target.data(), target.size());
    if (size < 0) return Why(errno);
    target_.assign(target.data(), static_cast<std::size_t>(size));
    behind_link_ = rest_.size();
    rest_.insert(0, target_);
    return Begin();
  }

  static tl::unexpected<std::string> LeadsElsewhere(uid_t owner) {
    return tl::unexpected(fmt::format(
        "on the way is a link of another user ({}) that leads to what is not theirs", owner));
  }

  OrWhy<OutputPlace> New(const std::string& name) {
    struct stat folder {};
    if (::fstat(folder_.get(), &folder) != 0) return Why(errno);
    if (trusted_ && *trusted_ != folder.st_uid) return LeadsElsewhere(*trusted_);
    return OutputPlace{std::move(folder_), name, std::nullopt, Fd(-1)};
  }

  OrWhy<OutputPlace> Existing(const std::string& name, Fd found, const struct stat& file) {
    struct stat folder {};
    if (::fstat(folder_.get(), &folder) != 0) return Why(errno);
    if (S_ISDIR(file.st_mode)) return Why(EISDIR);
    if (trusted_ && *trusted_ != file.st_uid) return LeadsElsewhere(*trusted_);
    // Redirected, maybe to a file that others write to as well.
    if (IsStandardOutput(file)) return Stream(Fd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)));
    const bool is_others = file.st_uid != ::geteuid() &&
                           ((folder.st_mode & S_ISVTX) != 0 || file.st_uid != folder.st_uid);
    if (!is_magic_ && IsWrittenByOthers(folder) && is_others) {
      return tl::unexpected(
          fmt::format("it belongs to another user ({}), in a folder that {} may write to",
                      file.st_uid, (folder.st_mode & S_IWOTH) != 0 ? "everybody" : "a group"));
    }
    if (!S_ISREG(file.st_mode) || is_magic_) {
      // That of the proc file system stands for the object itself.
      const std::string same = fmt::format("/proc/self/fd/{}", found.get());
      const int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
      return Stream(Fd(::open(same.c_str(), S_ISREG(file.st_mode) ? flags | O_TRUNC : flags)));
    }
    // To put another in its place would get around the file's own permissions.
    if (::faccessat(folder_.get(), name.c_str(), W_OK, AT_EACCESS) != 0) return Why(errno);
    return OutputPlace{std::move(folder_), name, file, Fd(-1)};
  }

  static OrWhy<OutputPlace> Stream(Fd stream) {
    if (!stream.valid()) return Why(errno);
    return OutputPlace{Fd(-1), {}, std::nullopt, std::move(stream)};
  }

  std::string rest_;
  Fd folder_{-1};
  int links_ = 0;
  std::string target_;  // of the link that was followed last
  // How much of the path is left where that ends; where none was, more than there is.
  std::size_t behind_link_ = std::string::npos;
  bool is_magic_ = false;
  // The owner of the links that were followed and are neither this user's nor
  // root's: what they lead to must be theirs.
  std::optional<uid_t> trusted_;
};

}  // namespace

tl::expected<OutputPlace, std::string> FindOutputPlace(const std::string& path) {
  return Walk(path).Go();
}

}  // namespace vtprobe
