// vtprobe serve: a dump as a /dev/cpu tree for other programs.
//
// With --background, a process more: it ends when the tree is there, so that the
// next line of a script finds it.
//
// Two processes: one that may mount, and never looks at the dump; and its child,
// which gives up its rights, parses the dump, and answers by the descriptor of the
// mount that it is handed.

#include "msrfs/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include "command.h"
#include "confinement.h"
#include "fd_io.h"
#include "input.h"
#include "msrfs/libfuse.h"
#include "msrfs/mount.h"
#include "output.h"
#include "vtprobe/report/printable.h"
#include "worker.h"

namespace vtprobe {
namespace {

void Declare(CommandOptions* options, Arguments* arguments) {
  options->Add("DUMP", &arguments->replay, "The recording, in any format; - is standard input")
      .Once()
      .OneValueEach()
      .Required();
  options->Add("MOUNTPOINT", &arguments->folder, "An existing folder, over which it is mounted")
      .Required();
  options->AddFlag("--background", &arguments->background,
                   "Return when the tree is there, and serve on until it is unmounted: umount "
                   "MOUNTPOINT, or fusermount3 -u MOUNTPOINT");
  options->AddFlag("-q,--quiet", &arguments->quiet, "No word about what is served, and where");
  options->Footer(
      "Programs that read MSRs read those of the dump after\n"
      "  mount --bind MOUNTPOINT /dev/cpu\n"
      "in a mount namespace of their own (unshare --mount).");
}

// Whether a tree can be mounted there, before it is tried: libfuse's own words
// do not say what to do.
OrFailure<void> CheckFolder(const std::string& folder) {
  struct stat attributes = {};
  if (::stat(folder.c_str(), &attributes) != 0) {
    const int sys_errno = errno;
    if (sys_errno == ENOTCONN) {
      return Fails(kOutputFailed,
                   fmt::format("{0}: {1}; it is a mount whose program is gone. Clear it: "
                               "fusermount3 -u {0}",
                               Printable(folder), ErrnoText(sys_errno)));
    }
    return Fails(kInputMissing,
                 fmt::format("can't mount on {}: {}", Printable(folder), ErrnoText(sys_errno)));
  }
  if (!S_ISDIR(attributes.st_mode)) {
    return Fails(kInputMissing,
                 fmt::format("can't mount on {}: it is not a folder", Printable(folder)));
  }
  return {};
}

OrFailure<void> CheckFuse() {
  const Fd device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
  if (device.valid()) return {};
  const int sys_errno = errno;
  return Fails(kOutputFailed, fmt::format("can't open /dev/fuse: {}; {}", ErrnoText(sys_errno),
                                          sys_errno == EACCES || sys_errno == EPERM
                                              ? "run as root"
                                              : "load the driver: sudo modprobe fuse"));
}

// One byte from the child, "it is parsed", and back the mount's device.
constexpr char kReady = 'r';

// Makes room for one descriptor beside the byte that it goes with.
struct Letter {
  char byte = kReady;
  iovec content{&byte, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> beside{};
  msghdr header{nullptr, 0, &content, 1, beside.data(), beside.size(), 0};
};

bool SendDescriptor(int connection, int fd) {
  Letter letter;
  cmsghdr* const control = CMSG_FIRSTHDR(&letter.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(fd));
  std::memcpy(CMSG_DATA(control), &fd, sizeof(fd));
  return ::sendmsg(connection, &letter.header, MSG_NOSIGNAL) == 1;
}

Fd ReceiveDescriptor(int connection) {
  Letter letter;
  int fd = -1;
  if (::recvmsg(connection, &letter.header, MSG_CMSG_CLOEXEC) != 1) return Fd(-1);
  const cmsghdr* const control = CMSG_FIRSTHDR(&letter.header);
  if (control == nullptr || control->cmsg_type != SCM_RIGHTS) return Fd(-1);
  std::memcpy(&fd, CMSG_DATA(control), sizeof(fd));
  return Fd(fd);
}

// Of what serves in the background: the ends that whoever started it holds are let
// go of, and it is told.
class Background {
 public:
  // `told` is where it waits; not valid in the foreground.
  explicit Background(Fd told) : told_(std::move(told)) {}

  // Before there is a recording, which may come from standard input, to all of it.
  void LeaveTerminal(bool keeps_input) {
    if (!told_.valid()) return;
    ::setsid();
    nothing_ = Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!keeps_input) ::dup2(nothing_.get(), STDIN_FILENO);
    ::dup2(nothing_.get(), STDOUT_FILENO);
  }

  // Nothing is said from now on. The lowest number that is free is the one of
  // standard error then.
  void Begun() {
    if (!told_.valid()) return;
    ::close(STDERR_FILENO);
    static_cast<void>(::dup(nothing_.get()));
    static_cast<void>(WriteAll(told_.get(), {&kReady, 1}));
    told_.Close();
  }

 private:
  Fd told_;
  Fd nothing_{-1};
};

// The signals that end serving.
sigset_t EndingSignals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  return signals;
}

// What the child does: it parses what a stranger may have made, and answers for
// it, without a right to anything.
OrFailure<int> ParseAndAnswer(const Arguments& arguments, msrfs::Owner owner, int connection,
                              Background* background) {
  const std::string& path = arguments.replay.front();
  Confinement confinement({.paths = {path}, .machine = false, .serves = true});
  confinement.Begin();
  ReadingOptions options;
  options.opened = &confinement.files();
  const auto recording = LoadRecording({path}, options);
  if (!recording) return tl::unexpected(recording.error());
  if (!arguments.quiet) PrintNotes(*recording);
  // A terminal sends its signal to both. This one serves until it is told otherwise.
  const sigset_t signals = EndingSignals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  if (WriteAll(connection, {&kReady, 1}) != 0) return kOutputFailed;
  Fd device = ReceiveDescriptor(connection);
  // The parent says why.
  if (!device.valid()) return kOutputFailed;
  const auto served = msrfs::Serve(recording->snapshot, owner, device.Release(), [&] {
    if (!arguments.quiet) {
      PrintError(fmt::format("vtprobe: CPUs {} are served at {} until {}\n",
                             recording->snapshot.online().ToString(), Printable(*arguments.folder),
                             arguments.background ? "it is unmounted" : "SIGINT or SIGTERM"));
    }
    background->Begun();
  });
  if (!served) return Fails(kOutputFailed, served.error());
  return 0;
}

OrFailure<msrfs::Mount> MountOn(const std::string& folder) {
  for (const auto& check : {CheckFolder(folder), CheckFuse()}) {
    if (!check) return tl::unexpected(check.error());
  }
  return msrfs::Mount::On(folder).map_error([](const std::string& why) {
    return Failure{kOutputFailed, why};
  });
}

// Holds the mount until a signal comes, or the child has ended: when it is unmounted.
OrFailure<int> MountFor(pid_t child, const std::string& folder, Fd connection,
                        Background* background) {
  sigset_t signals = EndingSignals();
  ::sigaddset(&signals, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  int status = 0;
  pid_t ended = 0;
  {
    const auto mount = MountOn(folder);
    if (!mount || !SendDescriptor(connection.get(), mount->device())) {
      // Without one the child ends by itself.
      connection.Close();
      ::waitpid(child, &status, 0);
      return mount ? Fails(kOutputFailed, "what serves has ended") : tl::unexpected(mount.error());
    }
    background->Begun();
    int signal = SIGCHLD;
    while (signal == SIGCHLD && (ended = ::waitpid(child, &status, WNOHANG)) == 0) {
      while ((signal = ::sigwaitinfo(&signals, nullptr)) < 0) {
      }
    }
  }
  // The signals stay blocked: one that comes twice must not end it now that all is well.
  if (ended != 0) return EndAs(status);
  // Whoever has a file of the tree open yet is told that its server is gone.
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return 0;
}

OrFailure<int> ServeIn(Background background, const Arguments& arguments) {
  background.LeaveTerminal(arguments.replay.front() == "-");
  // For both processes, as long as there is the right to: what is missing is said
  // when something is to be served.
  static_cast<void>(msrfs::LoadedLibFuse());
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return Fails(kOutputFailed, ErrnoText(errno));
  }
  Fd ours(ends[0]);
  Fd theirs(ends[1]);
  const msrfs::Owner owner{::geteuid(), ::getegid()};
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return Fails(kOutputFailed, ErrnoText(errno));
  if (child == 0) {
    ours.Close();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(kOutputFailed);
    return ParseAndAnswer(arguments, owner, theirs.get(), &background);
  }
  theirs.Close();
  char word = 0;
  if (ReadSome(ours.get(), &word, 1) != 1) return WaitFor(child);
  return MountFor(child, *arguments.folder, std::move(ours), &background);
}

OrFailure<int> Run(const Arguments& arguments, const Process&) {
  if (!arguments.background) return ServeIn(Background(Fd(-1)), arguments);
  auto pipe = MakePipe();
  if (!pipe) return Fails(kOutputFailed, ErrnoText(pipe.error()));
  const pid_t server = ::fork();
  if (server < 0) return Fails(kOutputFailed, ErrnoText(errno));
  if (server == 0) {
    pipe->reads.Close();
    return ServeIn(Background(std::move(pipe->writes)), arguments);
  }
  pipe->writes.Close();
  // A byte of each of the two, or the end of one that has said why.
  std::array<char, 2> words{};
  for (char& word : words) {
    if (ReadSome(pipe->reads.get(), &word, 1) != 1) return WaitFor(server);
  }
  return 0;
}

}  // namespace

const Command kServe{.name = "serve",
                     .summary = "Serve a dump as a /dev/cpu tree for other programs",
                     .declare = Declare,
                     .run = Run};

}  // namespace vtprobe
