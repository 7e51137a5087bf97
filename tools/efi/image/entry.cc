// Where firmware enters the image: makes it run where it was loaded, gives it memory,
// and runs the program.

#include <cstddef>
#include <cstdint>

#include "firmware.h"
#include "image/heap.h"
#include "processors.h"
#include "run.h"
#include "x86_cpu.h"

// By the linker script (image.lds): where the image begins and what has to be done to
// it. Hidden, so that their places are taken from where this code is.
// NOLINTBEGIN(readability-identifier-naming): as the script has them
extern "C" {
[[gnu::visibility("hidden")]] extern char vtprobe_efi_base[];
[[gnu::visibility("hidden")]] extern const std::uint64_t vtprobe_efi_relocations[];
[[gnu::visibility("hidden")]] extern const std::uint64_t vtprobe_efi_relocations_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace vtprobe::efi {
namespace {

// Firmware loads a PE image anywhere, and this one was linked as position-independent
// ELF for 0: whatever holds an address of the image gets the distance added. Nothing
// that holds one may be looked at before.
//
// Where those are is packed: a word that is even is the place of one, and each odd one
// says by its bits 1 to 63 which of the 63 words that follow are others.
// System V ABI (generic), SHT_RELR
void Relocate() {
  const auto base = reinterpret_cast<std::uint64_t>(vtprobe_efi_base);
  const auto add_distance = [&](std::uint64_t place) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): a place is a distance from the base
    *reinterpret_cast<std::uint64_t*>(base + place) += base;
  };
  constexpr std::uint64_t kWord = sizeof(std::uint64_t);
  std::uint64_t next = 0;
  for (const auto* at = vtprobe_efi_relocations; at != vtprobe_efi_relocations_end; ++at) {
    if ((*at & 1) == 0) {
      add_distance(*at);
      next = *at + kWord;
      continue;
    }
    for (unsigned bit = 1; bit < 64; ++bit) {
      if ((*at >> bit & 1) != 0) add_distance(next + (bit - 1) * kWord);
    }
    next += 63 * kWord;
  }
}

// 64 KiB for each CPU is several times what a recording of it takes, on its way, where
// no two CPUs are alike.
constexpr std::size_t kBytes = std::size_t{16} << 20;
constexpr std::size_t kBytesForACpu = std::size_t{64} << 10;

std::size_t CountCpus(const uefi::BootServices& boot) {
  void* found = nullptr;
  if (uefi::IsError(boot.locate_protocol(&uefi::kMpServices, nullptr, &found))) return 1;
  auto* const services = static_cast<uefi::MpServices*>(found);
  std::size_t all = 1;
  std::size_t enabled = 0;
  services->get_number_of_processors(services, &all, &enabled);
  return all;
}

uefi::Status Start(uefi::Handle image, uefi::SystemTable* table) {
  const std::size_t bytes = kBytes + CountCpus(*table->boot) * kBytesForACpu;
  const std::size_t pages = bytes / uefi::kPageSize;
  uefi::PhysicalAddress memory = 0;
  const uefi::Status status =
      table->boot->allocate_pages(uefi::kAllocateAnyPages, uefi::kLoaderData, pages, &memory);
  if (uefi::IsError(status)) return status;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): firmware's addresses are numbers
  StartHeap(reinterpret_cast<std::byte*>(memory), bytes, {.image = image, .boot = table->boot});
  uefi::Status outcome = uefi::kAborted;
  {
    X86Cpu cpu;
    outcome = Run(Firmware(image, table), cpu);
  }
  table->boot->free_pages(memory, pages);
  return outcome;
}

}  // namespace
}  // namespace vtprobe::efi

extern "C" vtprobe::efi::uefi::Status VTPROBE_EFIAPI
// NOLINTNEXTLINE(readability-identifier-naming): the name that is usual
efi_main(vtprobe::efi::uefi::Handle image, vtprobe::efi::uefi::SystemTable* table) {
  vtprobe::efi::Relocate();
  return vtprobe::efi::Start(image, table);
}
