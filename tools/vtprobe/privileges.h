// What a process that was started as root may do beyond others, and giving it up.

#ifndef VTPROBE_TOOLS_VTPROBE_PRIVILEGES_H_
#define VTPROBE_TOOLS_VTPROBE_PRIVILEGES_H_

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vtprobe {

// Of capabilities(7).
using CapabilityBits = std::uint64_t;

// What opens devices and the kernel's log: CAP_SYS_RAWIO and CAP_SYSLOG.
extern const CapabilityBits kOpensDevices;
// What opens files whose mode would not let this user: CAP_DAC_READ_SEARCH.
extern const CapabilityBits kOpensOthersFiles;
// What lets a process become another user: CAP_SETUID and CAP_SETGID.
extern const CapabilityBits kChangesUser;
// What msr-safe asks for at each read of what its list does not have.
extern const CapabilityBits kReadsUnlisted;

struct User {
  uid_t user = 0;
  gid_t group = 0;
};

// Who owns nothing.
inline constexpr User kNobody{65534, 65534};

// Leaves supplementary groups. Nothing, or why that can't be done.
std::optional<std::string> LeaveGroups();

// Becomes that user for good.
std::optional<std::string> Become(User user, CapabilityBits kept);

// Gives up all capabilities but those. For the calling thread and those that it
// starts.
std::optional<std::string> KeepCapabilities(CapabilityBits kept);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_PRIVILEGES_H_
