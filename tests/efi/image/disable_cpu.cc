// A program for UEFI that takes CPU 1 out of use, as firmware does with a CPU that its
// setup has switched off: for tests/e2e to find out what vtprobe.efi makes of that.

#include <cstddef>
#include <cstdint>

#include "uefi/processors.h"
#include "uefi/tables.h"

namespace uefi = vtprobe::efi::uefi;

extern "C" uefi::Status VTPROBE_EFIAPI
// NOLINTNEXTLINE(readability-identifier-naming): the name that is usual
efi_main(uefi::Handle, uefi::SystemTable* table) {
  constexpr std::size_t kCpu = 1;
  void* found = nullptr;
  const uefi::Status status = table->boot->locate_protocol(&uefi::kMpServices, nullptr, &found);
  if (uefi::IsError(status)) return status;
  auto* const services = static_cast<uefi::MpServices*>(found);
  // EFI_MP_SERVICES_ENABLEDISABLEAP. [uefi/pi] volume 2, 13.4.7
  using EnableDisableAp = uefi::Status(VTPROBE_EFIAPI*)(uefi::MpServices * self, std::size_t number,
                                                        bool enable, const std::uint32_t* health);
  const auto enable_disable = reinterpret_cast<EnableDisableAp>(services->enable_disable_ap);
  return enable_disable(services, kCpu, false, nullptr);
}
