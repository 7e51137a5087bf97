#include "register_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "fd_io.h"
#include "output.h"

namespace vtprobe {
namespace {

constexpr int kUndetermined = 2;
constexpr const char* kProgram = "vtprobe-msr-writer";

// Beside this program where it was built, or where it was installed with it.
std::string PathOfWriter() {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* const place : {".", VTPROBE_LIBEXEC_FROM_PROGRAM}) {
    const auto path = folder / place / kProgram;
    if (::access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

struct Pipe {
  Fd reads;
  Fd writes;
};

OrFailure<Pipe> MakePipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Fails(kUndetermined, ErrnoText(errno));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

std::string ReadAll(int fd) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::ptrdiff_t count = 0; (count = ReadSome(fd, buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// Its process, or the error of starting it. It inherits no environment.
tl::expected<pid_t, int> Start(const std::string& path, std::vector<std::string> arguments,
                               const Pipe& out, const Pipe& err) {
  arguments.insert(arguments.begin(), kProgram);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::array<char*, 1> environment{nullptr};
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out.writes.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.writes.get(), STDERR_FILENO);
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, path.c_str(), &actions, nullptr, argv.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return tl::unexpected(error);
  return child;
}

}  // namespace

// Since Linux 5.9. [linux] arch/x86/kernel/msr.c
void SayThatWritesTaint(bool is_quiet) {
  if (is_quiet) return;
  PrintError(
      "vtprobe: note: a register that is written by a program taints the kernel until it is "
      "started again\n");
}

OrFailure<std::string> RunRegisterWriter(const std::vector<std::string>& arguments) {
  const std::string path = PathOfWriter();
  if (path.empty()) {
    return Fails(kUndetermined,
                 fmt::format("{}, which writes registers, is not installed", kProgram));
  }
  auto out = MakePipe();
  if (!out) return tl::unexpected(out.error());
  auto err = MakePipe();
  if (!err) return tl::unexpected(err.error());
  const auto child = Start(path, arguments, *out, *err);
  if (!child) {
    return Fails(kUndetermined, fmt::format("can't start {}: {}", path, ErrnoText(child.error())));
  }
  out->writes.Close();
  err->writes.Close();
  std::string told = ReadAll(out->reads.get());
  std::string why = ReadAll(err->reads.get());
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return told;
  while (why.ends_with('\n')) why.pop_back();
  if (why.empty()) why = fmt::format("{} ended with status {:#x}", kProgram, status);
  // What was done before it ended is not lost.
  return Fails(kUndetermined, told.empty() ? why : fmt::format("{}; it had told:\n{}", why, told));
}

}  // namespace vtprobe
