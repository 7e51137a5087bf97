// EFI_MP_SERVICES_PROTOCOL: all CPUs, and a procedure on one of them.
// [uefi/pi] volume 2, 13.4

#ifndef VTPROBE_EFI_UEFI_PROCESSORS_H_
#define VTPROBE_EFI_UEFI_PROCESSORS_H_

#include <cstddef>
#include <cstdint>

#include "uefi/types.h"

namespace vtprobe::efi::uefi {

// [uefi/pi] volume 2, 13.4.3
struct ProcessorInformation {
  std::uint64_t id;  // the APIC id
  std::uint32_t status;
  std::uint32_t location[3];
  std::uint32_t extended[6];
};
inline constexpr std::uint32_t kIsBsp = 1;
inline constexpr std::uint32_t kIsEnabled = 2;
inline constexpr std::uint32_t kIsHealthy = 4;

using Procedure = void(VTPROBE_EFIAPI*)(void* argument);

struct MpServices {
  Status(VTPROBE_EFIAPI* get_number_of_processors)(MpServices* self, std::size_t* all,
                                                   std::size_t* enabled);
  Status(VTPROBE_EFIAPI* get_processor_info)(MpServices* self, std::size_t number,
                                             ProcessorInformation* information);
  void* startup_all_aps;
  // Without an event it comes back when the procedure has, or after so many
  // microseconds (0: never) with kTimeout; the AP is reset then.
  Status(VTPROBE_EFIAPI* startup_this_ap)(MpServices* self, Procedure procedure, std::size_t number,
                                          Event event, std::size_t microseconds, void* argument,
                                          bool* finished);
  void* switch_bsp;
  void* enable_disable_ap;
  Status(VTPROBE_EFIAPI* who_am_i)(MpServices* self, std::size_t* number);
};
inline constexpr Guid kMpServices{
    0x3fdda605, 0xa76e, 0x4f46, {0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08}};

}  // namespace vtprobe::efi::uefi

#endif  // VTPROBE_EFI_UEFI_PROCESSORS_H_
