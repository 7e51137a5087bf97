// Which system calls this process may still make: system_calls.def has them.

#ifndef VTPROBE_TOOLS_SYSTEM_CALLS_SYSTEM_CALL_FILTER_H_
#define VTPROBE_TOOLS_SYSTEM_CALLS_SYSTEM_CALL_FILTER_H_

#include <cstdint>
#include <optional>
#include <string>

namespace vtprobe {

enum class SystemCallPhase : std::uint8_t { kOpening, kReading, kServing, kProving };

// From now on all threads of this process, and those that they start, make the
// phase's calls and no others; a later phase takes from what an earlier one left.
// Never undone. Nothing, or why it can't be had: a kernel or a container without
// seccomp, or a sanitizer, which makes calls of its own.
std::optional<std::string> RestrictSystemCalls(SystemCallPhase phase);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_SYSTEM_CALLS_SYSTEM_CALL_FILTER_H_
