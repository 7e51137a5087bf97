// Memory for what the standard library allocates. Firmware's own allocation is not for
// all CPUs, so a piece is taken from it once, at the start.

#ifndef VTPROBE_EFI_IMAGE_HEAP_H_
#define VTPROBE_EFI_IMAGE_HEAP_H_

#include <cstddef>

#include "uefi/tables.h"

namespace vtprobe::efi {

// How the program ends where it can't go on.
struct WayOut {
  uefi::Handle image = nullptr;
  uefi::BootServices* boot = nullptr;
};

// Before anything is allocated. Operators new and delete work with this memory, for one
// CPU at a time.
void StartHeap(std::byte* memory, std::size_t size, const WayOut& out);

// Ends the program. On a CPU that firmware only lent it waits until firmware takes that
// back (processors.cc).
[[noreturn]] void GiveUp();

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_IMAGE_HEAP_H_
