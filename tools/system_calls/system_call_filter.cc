#include "system_calls/system_call_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <system_error>

namespace vtprobe {
namespace {

#include "system_call_programs.inc"

#ifndef VTPROBE_SANITIZED
std::span<const sock_filter> ProgramOf(SystemCallPhase phase) {
  switch (phase) {
    case SystemCallPhase::kOpening:
      return kOpeningProgram;
    case SystemCallPhase::kReading:
      return kReadingProgram;
    case SystemCallPhase::kServing:
      return kServingProgram;
    case SystemCallPhase::kProving:
      return kProvingProgram;
  }
  return kReadingProgram;
}
#endif

std::string Why(const char* call) {
  return std::string(call) + ": " + std::generic_category().message(errno);
}

}  // namespace

std::optional<std::string> RestrictSystemCalls(SystemCallPhase phase) {
#ifdef VTPROBE_SANITIZED
  static_cast<void>(phase);
  static_cast<void>(Why);
  static_cast<void>(kOpeningProgram);
  static_cast<void>(kReadingProgram);
  static_cast<void>(kServingProgram);
  static_cast<void>(kProvingProgram);
  return "this build has a sanitizer";
#else
  const std::span<const sock_filter> steps = ProgramOf(phase);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Why("PR_SET_NO_NEW_PRIVS");
  // The kernel does not write to it.
  const sock_fprog program{static_cast<decltype(sock_fprog::len)>(steps.size()),
                           const_cast<sock_filter*>(steps.data())};
  if (::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0) {
    return Why("seccomp");
  }
  return std::nullopt;
#endif
}

}  // namespace vtprobe
