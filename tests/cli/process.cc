#include "cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): posix_openpt
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace vtprobe {
namespace {

constexpr std::chrono::seconds kPatience{60};

void Must(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { Close(); }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

// The test's end and the process's end of a connection.
struct Connection {
  Fd ours;
  Fd theirs;
};

Connection Pipe(bool they_write) {
  std::array<int, 2> ends{};
  Must(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2");
  Connection connection{Fd(ends[0]), Fd(ends[1])};
  if (!they_write) std::swap(connection.ours, connection.theirs);
  Must(::fcntl(connection.ours.get(), F_SETFL, O_NONBLOCK) == 0, "fcntl");
  return connection;
}

Connection Terminal(int columns) {
  Connection terminal{Fd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)), Fd()};
  const int ours = terminal.ours.get();
  Must(terminal.ours.valid() && ::grantpt(ours) == 0 && ::unlockpt(ours) == 0, "posix_openpt");
  std::array<char, 64> name{};
  Must(::ptsname_r(ours, name.data(), name.size()) == 0, "ptsname_r");
  terminal.theirs = Fd(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  Must(terminal.theirs.valid(), "open the terminal");
  winsize size{};
  size.ws_col = static_cast<decltype(size.ws_col)>(columns);
  Must(::ioctl(ours, TIOCSWINSZ, &size) == 0, "TIOCSWINSZ");
  return terminal;
}

class Spawning {
 public:
  Spawning() {
    Must(::posix_spawn_file_actions_init(&actions_) == 0, "file actions");
    Must(::posix_spawnattr_init(&attributes_) == 0, "attributes");
    // This process ignores SIGPIPE; the child gets what a shell gives it.
    sigset_t pipe_signal;
    ::sigemptyset(&pipe_signal);
    ::sigaddset(&pipe_signal, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &pipe_signal);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
  }
  ~Spawning() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  Spawning(const Spawning&) = delete;
  Spawning& operator=(const Spawning&) = delete;

  void Connect(const Fd& theirs, int fd) {
    ::posix_spawn_file_actions_adddup2(&actions_, theirs.get(), fd);
  }
  void OpenForWriting(const std::string& path, int fd) {
    ::posix_spawn_file_actions_addopen(&actions_, fd, path.c_str(), O_WRONLY | O_APPEND, 0);
  }
  void Close(int fd) { ::posix_spawn_file_actions_addclose(&actions_, fd); }

  pid_t Run(std::vector<std::string> words, std::vector<std::string> environment) {
    pid_t pid = -1;
    Must(::posix_spawn(&pid, words.front().c_str(), &actions_, &attributes_,
                       Pointers(&words).data(), Pointers(&environment).data()) == 0,
         "posix_spawn");
    return pid;
  }

 private:
  static std::vector<char*> Pointers(std::vector<std::string>* words) {
    std::vector<char*> pointers;
    for (std::string& word : *words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// Limits the files of children while it lives. posix_spawn can't do it for the
// child alone.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::optional<std::size_t> bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    if (bytes) limit.rlim_cur = *bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

// Writes the input and reads both outputs as they come, until both have ended.
void Converse(std::string_view input, Fd* in, Fd* out, Fd* err, Ended* ended) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (out->valid() || err->valid()) {
    if (input.empty()) in->Close();
    std::array<pollfd, 3> waiting = {pollfd{in->get(), POLLOUT, 0}, pollfd{out->get(), POLLIN, 0},
                                     pollfd{err->get(), POLLIN, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count()));
    if (waiting[0].revents != 0) {
      const ssize_t count = ::write(in->get(), input.data(), input.size());
      if (count >= 0) input.remove_prefix(static_cast<std::size_t>(count));
      if (count < 0 && errno != EAGAIN) input = {};
    }
    const auto read = [](const pollfd& ready, Fd* fd, std::string* text) {
      if (ready.revents == 0) return;
      std::array<char, 65536> buffer{};
      const ssize_t count = ::read(fd->get(), buffer.data(), buffer.size());
      if (count > 0) text->append(buffer.data(), static_cast<std::size_t>(count));
      // A terminal whose other end has gone answers EIO.
      if (count == 0 || (count < 0 && errno != EAGAIN)) fd->Close();
    };
    read(waiting[1], out, &ended->out);
    read(waiting[2], err, &ended->err);
  }
}

std::vector<std::string> Environment(const Surroundings& around) {
  std::vector<std::string> variables = {"PATH=/usr/bin:/bin"};
  if (!around.environment.contains("LC_ALL")) variables.emplace_back("LC_ALL=C.UTF-8");
  for (const auto& [name, value] : around.environment) variables.push_back(name + "=" + value);
  // A sanitizer's run-time library takes its orders there.
  for (const char* const name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) {
      variables.push_back(std::string(name) + "=" + value);
    }
  }
  return variables;
}

}  // namespace

Ended Vtprobe(const std::vector<std::string>& arguments, const Surroundings& around) {
  std::signal(SIGPIPE, SIG_IGN);
  // Behind the emulator, if it is of another architecture.
  std::vector<std::string> words = {VTPROBE_STARTED_BY};
  words.insert(words.end(), arguments.begin(), arguments.end());

  Connection in = Pipe(false);
  Connection out = around.terminal_columns ? Terminal(*around.terminal_columns) : Pipe(true);
  Connection err = Pipe(true);
  Spawning spawning;
  spawning.Connect(in.theirs, STDIN_FILENO);
  spawning.Connect(err.theirs, STDERR_FILENO);
  if (around.out_file) {
    spawning.OpenForWriting(*around.out_file, STDOUT_FILENO);
  } else if (around.out_closed) {
    spawning.Close(STDOUT_FILENO);
  } else {
    spawning.Connect(out.theirs, STDOUT_FILENO);
  }
  const FileSizeLimit limit(around.largest_file);
  const pid_t pid = spawning.Run(std::move(words), Environment(around));
  in.theirs.Close();
  out.theirs.Close();
  err.theirs.Close();

  Ended ended;
  Converse(around.input, &in.ours, &out.ours, &err.ours, &ended);
  if (out.ours.valid() || err.ours.valid()) ::kill(pid, SIGKILL);
  int status = 0;
  rusage usage{};
  Must(::wait4(pid, &status, 0, &usage) == pid, "wait4");
  if (WIFEXITED(status)) ended.exit_status = WEXITSTATUS(status);
  ended.peak_kib = usage.ru_maxrss;
  return ended;
}

}  // namespace vtprobe
