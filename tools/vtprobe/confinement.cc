#include "confinement.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "privileges.h"
#include "system_calls/system_call_filter.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

bool IsRoot() { return ::geteuid() == 0; }

struct Folder {
  std::string path;
  User owner;
};

// The first of those that are folders.
std::optional<Folder> FirstFolder(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return Folder{path, {status.st_uid, status.st_gid}};
    }
  }
  return std::nullopt;
}

}  // namespace

void Confinement::Note(const std::optional<std::string>& why, const char* what) {
  if (why) notes_.push_back(fmt::format("{} ({})", what, *why));
}

void Confinement::Begin() {
  const bool is_root = IsRoot();
  if (reads_.store) store_ = StoreKeeper::Start(*reads_.store);
  for (const std::string& path : reads_.paths) files_.Open(path);
  if (is_root) Note(LeaveGroups(), "supplementary groups are kept");
  if (reads_.machine) {
    // The devices are root's own: only another user needs a right to open them.
    Note(KeepCapabilities(kOpensDevices | (is_root ? kChangesUser : kOpensOthersFiles)),
         "capabilities are kept");
    Note(RestrictSystemCalls(reads_.proves ? SystemCallPhase::kProving : SystemCallPhase::kOpening),
         "system calls are not restricted");
    return;
  }
  if (is_root) {
    const auto folder = FirstFolder(reads_.paths);
    if (folder && folder->owner.user == 0) {
      notes_.push_back(fmt::format("{} is root's: it is read as root, without capabilities",
                                   Printable(folder->path)));
    }
    Note(Become(folder ? folder->owner : kNobody, 0), "this process stays root");
  }
  Note(KeepCapabilities(0), "capabilities are kept");
  Note(RestrictSystemCalls(reads_.serves ? SystemCallPhase::kServing : SystemCallPhase::kReading),
       "system calls are not restricted");
}

void Confinement::DevicesAreOpen(bool reads_unlisted) {
  const CapabilityBits kept = reads_unlisted ? kReadsUnlisted : 0;
  if (reads_unlisted) {
    notes_.emplace_back("CAP_SYS_RAWIO is kept: msr-safe asks for it at each read");
  }
  // Not in a folder's place: what is in it was not opened.
  const auto folder = FirstFolder(reads_.paths);
  if (IsRoot()) {
    Note(Become(folder ? folder->owner : kNobody, kept), "this process stays root");
  }
  Note(KeepCapabilities(kept), "capabilities are kept");
  Note(RestrictSystemCalls(SystemCallPhase::kReading), "system calls are not restricted");
}

}  // namespace vtprobe
