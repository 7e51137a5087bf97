#include "worker.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "child_program.h"
#include "fd_io.h"

namespace vtprobe {
namespace {

// The text goes through memory that both processes have; over the connection go
// one byte, "it is there", and back an errno.
struct Channel {
  Fd text;
  Fd connection;
};

class HandedOver final : public Output {
 public:
  HandedOver(const std::string& name, Channel channel)
      : Output(name), channel_(std::move(channel)) {}

  int TryToWrite(std::string_view text) override {
    if (const int error = WriteAll(channel_.text.get(), text); error != 0) return error;
    if (const int error = WriteAll(channel_.connection.get(), "w"); error != 0) return error;
    int answer = EIO;
    std::array<char, sizeof(answer)> bytes{};
    const auto count = ReadSome(channel_.connection.get(), bytes.data(), bytes.size());
    if (count != static_cast<std::ptrdiff_t>(sizeof(answer))) return EIO;
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(&answer));
    return answer;
  }

 private:
  Channel channel_;
};

tl::unexpected<Failure> NoWorker(const Output& output) {
  return Fails(kOutputFailed, fmt::format("can't write {}: {}", output.name(), ErrnoText(errno)));
}

// Does what the child asks for until it has gone.
void Serve(const Channel& channel, Output* output) {
  char request = 0;
  while (ReadSome(channel.connection.get(), &request, 1) == 1) {
    const off_t size = ::lseek(channel.text.get(), 0, SEEK_END);
    void* const text = size > 0 ? ::mmap(nullptr, static_cast<std::size_t>(size), PROT_READ,
                                         MAP_SHARED, channel.text.get(), 0)
                                : nullptr;
    int error = EIO;
    if (size == 0) {
      error = output->TryToWrite({});
    } else if (text != MAP_FAILED) {
      error = output->TryToWrite({static_cast<const char*>(text), static_cast<std::size_t>(size)});
      ::munmap(text, static_cast<std::size_t>(size));
    }
    const std::string_view answer(reinterpret_cast<const char*>(&error), sizeof(error));
    if (WriteAll(channel.connection.get(), answer) != 0) return;
  }
}

}  // namespace

int EndAs(int status) {
  if (WIFSIGNALED(status)) {
    std::signal(WTERMSIG(status), SIG_DFL);
    ::raise(WTERMSIG(status));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int WaitFor(pid_t child) { return EndAs(StatusOf(child)); }

OrFailure<int> RunInWorker(Output* output, const std::function<OrFailure<int>(Output&)>& work) {
  std::array<int, 2> ends{};
  Fd text(::memfd_create("answer", MFD_CLOEXEC));
  if (!text.valid() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return NoWorker(*output);
  }
  Fd ours(ends[0]);
  Fd theirs(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return NoWorker(*output);
  if (child == 0) {
    ours.Close();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(kOutputFailed);
    HandedOver handed_over(output->name(), {std::move(text), std::move(theirs)});
    return work(handed_over);
  }
  theirs.Close();
  Serve({std::move(text), std::move(ours)}, output);
  return WaitFor(child);
}

}  // namespace vtprobe
