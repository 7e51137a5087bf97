// vtprobe serve: a dump as a /dev/cpu tree for other programs.

#include "msrfs/serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "command.h"
#include "fd_io.h"
#include "input.h"
#include "output.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

void Declare(CLI::App* app, Arguments* arguments) {
  app->add_option("DUMP", arguments->replay, "The recording, in any format; - is standard input")
      ->expected(1)
      ->allow_extra_args(false)
      ->required();
  app->add_option("MOUNTPOINT", arguments->folder, "An existing folder, over which it is mounted")
      ->required();
  app->add_flag("-q,--quiet", arguments->quiet, "No word about what is served, and where");
  app->footer(
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

OrFailure<int> Run(const Arguments& arguments, const Process&) {
  const auto recording = LoadRecording({arguments.replay.front()});
  if (!recording) return tl::unexpected(recording.error());
  const std::string& folder = *arguments.folder;
  for (const auto& check : {CheckFolder(folder), CheckFuse()}) {
    if (!check) return tl::unexpected(check.error());
  }
  if (!arguments.quiet) PrintNotes(*recording);
  const auto served = msrfs::Serve(recording->snapshot, folder, [&] {
    if (arguments.quiet) return;
    PrintError(fmt::format("vtprobe: CPUs {} are served at {} until SIGINT or SIGTERM\n",
                           recording->snapshot.online().ToString(), Printable(folder)));
  });
  if (!served) return Fails(kOutputFailed, served.error());
  return 0;
}

}  // namespace

const Command kServe{.name = "serve",
                     .summary = "Serve a dump as a /dev/cpu tree for other programs",
                     .declare = Declare,
                     .run = Run};

}  // namespace vtprobe
