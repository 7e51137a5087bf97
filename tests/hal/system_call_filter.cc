#include "hal/system_call_filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace vtprobe {

bool AnswerSystemCallWith(long number, int sys_errno) {
  constexpr auto kLoad = std::uint16_t{BPF_LD | BPF_W | BPF_ABS};
  constexpr auto kSkipUnlessEqual = std::uint16_t{BPF_JMP | BPF_JEQ | BPF_K};
  constexpr auto kReturn = std::uint16_t{BPF_RET | BPF_K};
  sock_filter program[] = {
      {kLoad, 0, 0, offsetof(seccomp_data, nr)},
      {kSkipUnlessEqual, 0, 1, static_cast<std::uint32_t>(number)},
      {kReturn, 0, 0, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(sys_errno)},
      {kReturn, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog filter = {std::size(program), program};
  // An ordinary user may filter only what can't gain privileges any more.
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

}  // namespace vtprobe
