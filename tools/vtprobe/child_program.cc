#include "child_program.h"

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "fd_io.h"

namespace vtprobe {
namespace {

tl::expected<pid_t, int> Spawn(const std::string& path, std::vector<std::string> arguments,
                               const posix_spawn_file_actions_t* actions, char** environment) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, path.c_str(), actions, nullptr, argv.data(), environment);
  if (error != 0) return tl::unexpected(error);
  return child;
}

// What comes through both, until both are closed. One that is full and not read would
// stop the program that writes to it.
void ReadBoth(const Fd& out, std::string* out_text, const Fd& err, std::string* err_text) {
  std::array<pollfd, 2> ends = {{{out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}}};
  const std::array<std::string*, 2> texts = {out_text, err_text};
  std::array<char, 4096> buffer{};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (::poll(ends.data(), ends.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends.at(i).fd < 0 || ends.at(i).revents == 0) continue;
      const std::ptrdiff_t count = ReadSome(ends.at(i).fd, buffer.data(), buffer.size());
      if (count > 0) {
        texts.at(i)->append(buffer.data(), static_cast<std::size_t>(count));
      } else {
        ends.at(i).fd = -1;  // poll() passes over it
      }
    }
  }
}

}  // namespace

tl::expected<EndedProgram, int> RunProgram(const std::string& path,
                                           std::vector<std::string> arguments) {
  auto out = MakePipe();
  if (!out) return tl::unexpected(out.error());
  auto err = MakePipe();
  if (!err) return tl::unexpected(err.error());
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, out->writes.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err->writes.get(), STDERR_FILENO);
  std::array<char*, 1> no_environment{nullptr};
  const auto child = Spawn(path, std::move(arguments), &actions, no_environment.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (!child) return tl::unexpected(child.error());
  out->writes.Close();
  err->writes.Close();
  EndedProgram ended;
  ReadBoth(out->reads, &ended.out, err->reads, &ended.err);
  ended.status = StatusOf(*child);
  return ended;
}

int StatusOf(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

tl::expected<pid_t, int> StartProgram(const std::string& path, std::vector<std::string> arguments) {
  return Spawn(path, std::move(arguments), nullptr, ::environ);
}

}  // namespace vtprobe
