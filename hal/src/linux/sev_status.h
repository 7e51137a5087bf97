// The answers to SEV_PLATFORM_STATUS and SNP_PLATFORM_STATUS as the ccp driver gives
// them. Debian's header of Linux 6.1 does not know the second. [linux]
// include/uapi/linux/psp-sev.h

#ifndef VTPROBE_HAL_SRC_LINUX_SEV_STATUS_H_
#define VTPROBE_HAL_SRC_LINUX_SEV_STATUS_H_

#include <cstdint>

namespace vtprobe {

struct [[gnu::packed]] SevStatus {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  std::uint8_t state = 0;
  std::uint32_t flags = 0;
  std::uint8_t build = 0;
  std::uint32_t guests = 0;
};
static_assert(sizeof(SevStatus) == 12);

struct [[gnu::packed]] SnpStatus {
  std::uint8_t major = 0;
  std::uint8_t minor = 0;
  std::uint8_t state = 0;
  std::uint8_t checks = 0;  // bit 0: the RMP is initialized, bit 1: no aliases were found
  std::uint32_t build = 0;
  std::uint32_t settings = 0;
  std::uint32_t guests = 0;
  std::uint64_t tcb = 0;
  std::uint64_t reported_tcb = 0;
};
static_assert(sizeof(SnpStatus) == 32);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_SEV_STATUS_H_
