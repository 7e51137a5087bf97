#include "privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "fd_io.h"

namespace vtprobe {
namespace {

constexpr CapabilityBits Bit(int capability) { return CapabilityBits{1} << capability; }

std::string Why(const char* what) { return std::string(what) + ": " + ErrnoText(errno); }

}  // namespace

const CapabilityBits kOpensDevices = Bit(CAP_SYS_RAWIO) | Bit(CAP_SYSLOG);
const CapabilityBits kOpensOthersFiles = Bit(CAP_DAC_READ_SEARCH);
const CapabilityBits kChangesUser = Bit(CAP_SETUID) | Bit(CAP_SETGID);
const CapabilityBits kReadsUnlisted = Bit(CAP_SYS_RAWIO);

std::optional<std::string> LeaveGroups() {
  if (::setgroups(0, nullptr) != 0) return Why("setgroups");
  return std::nullopt;
}

std::optional<std::string> Become(User user, CapabilityBits kept) {
  // Whoever stops being root would lose them all.
  if (kept != 0 && ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return Why("PR_SET_KEEPCAPS");
  // The kernel forgets with the group and with the user what ends this process with
  // its parent.
  int with_parent = 0;
  ::prctl(PR_GET_PDEATHSIG, &with_parent);
  if (::setresgid(user.group, user.group, user.group) != 0) return Why("setresgid");
  if (::setresuid(user.user, user.user, user.user) != 0) return Why("setresuid");
  if (with_parent != 0) ::prctl(PR_SET_PDEATHSIG, with_parent);
#ifdef VTPROBE_SANITIZED
  // Leaks are looked for by a process that attaches to this one.
  ::prctl(PR_SET_DUMPABLE, 1);
#endif
  return std::nullopt;
}

std::optional<std::string> KeepCapabilities(CapabilityBits kept) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  // Of what there is: more can't be asked for.
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return Why("capget");
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto part = static_cast<std::uint32_t>(kept >> (32 * i));
    sets[i] = {sets[i].permitted & part, sets[i].permitted & part, 0};
  }
  if (::syscall(SYS_capset, &header, sets.data()) != 0) return Why("capset");
  return std::nullopt;
}

}  // namespace vtprobe
