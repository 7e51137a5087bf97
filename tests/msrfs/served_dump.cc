#include "msrfs/served_dump.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

namespace vtprobe::msrfs {
namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{2};

int ExitStatus(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

}  // namespace

std::optional<std::string> WhyNothingCanBeMounted() {
  const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0) return "can't open /dev/fuse: " + std::string(std::strerror(errno));
  ::close(device);
  if (::geteuid() != 0) return "only root may mount here without fusermount3";
  if (::prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) != 1) return "no CAP_SYS_ADMIN";
  return std::nullopt;
}

ServedDump::ServedDump(const std::string& dump) : root_(tree_.root() + "/cpu") {
  tree_.MakeFolder("cpu");
  std::string program = VTPROBE_EXECUTABLE;
  std::string command = "serve";
  std::string quiet = "--quiet";
  std::string path = dump;
  const std::array<char*, 6> words = {program.data(), command.data(), quiet.data(),
                                      path.data(),    root_.data(),   nullptr};
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int spawned =
      ::posix_spawn(&pid_, program.c_str(), nullptr, &attributes, words.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (spawned != 0) throw std::runtime_error("posix_spawn");
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!IsMounted()) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("vtprobe serve ended before it was mounted");
    }
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("not mounted");
    std::this_thread::sleep_for(kPause);
  }
}

ServedDump::~ServedDump() {
  if (pid_ > 0) End(SIGTERM);
  // What a server that was killed left behind.
  ::umount2(root_.c_str(), MNT_DETACH);
}

bool ServedDump::IsMounted() const {
  struct stat above = {};
  struct stat here = {};
  if (::stat(tree_.root().c_str(), &above) != 0) return false;
  if (::stat(root_.c_str(), &here) != 0) return errno == ENOTCONN;
  return above.st_dev != here.st_dev;
}

int ServedDump::End(int signal_number) {
  ::kill(pid_, signal_number);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return ExitStatus(status);
}

int ServedDump::EndAllAtOnce(int signal_number) {
  int status = 0;
  do {
    ::kill(-pid_, signal_number);
  } while (::waitpid(pid_, &status, WNOHANG) == 0);
  pid_ = -1;
  return ExitStatus(status);
}

}  // namespace vtprobe::msrfs
