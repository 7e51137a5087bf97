#include "image/heap.h"

#include <cpuid.h>

#include <bit>
#include <cstdint>
#include <new>

namespace vtprobe::efi {
namespace {

// Pieces are of a power of two, and of each size those that were given back wait to be
// taken again.
class Heap {
 public:
  void Start(std::byte* memory, std::size_t size) {
    next_ = memory;
    end_ = memory + size;
  }

  // Null where there is no more.
  void* Take(std::size_t size) {
    const std::size_t order = OrderOf(size);
    if (Piece* const piece = free_[order]) {
      free_[order] = piece->next;
      return piece;
    }
    const std::size_t bytes = std::size_t{1} << order;
    if (bytes > static_cast<std::size_t>(end_ - next_)) return nullptr;
    void* const taken = next_;
    next_ += bytes;
    return taken;
  }
  void Return(void* memory, std::size_t size) {
    const std::size_t order = OrderOf(size);
    free_[order] = new (memory) Piece{free_[order]};
  }

 private:
  struct Piece {
    Piece* next;
  };
  static constexpr std::size_t kSmallest = 16;  // which is aligned for all that asks

  static std::size_t OrderOf(std::size_t size) {
    return static_cast<std::size_t>(std::bit_width(size <= kSmallest ? kSmallest - 1 : size - 1));
  }

  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  Piece* free_[64] = {};
};

// Operators new and delete have no other way to know of it.
constinit Heap heap;
constinit WayOut way_out;
constinit std::uint32_t first_cpu = 0;

// [intel/sdm-vol2] CPUID: leaf 1, EBX bits 31-24, the initial APIC id
std::uint32_t ThisCpu() {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t c = 0;
  std::uint32_t d = 0;
  __cpuid(1, a, b, c, d);
  return b >> 24;
}

}  // namespace

void StartHeap(std::byte* memory, std::size_t size, const WayOut& out) {
  heap.Start(memory, size);
  way_out = out;
  first_cpu = ThisCpu();
}

void GiveUp() {
  if (ThisCpu() == first_cpu) {
    way_out.boot->exit(way_out.image, uefi::kOutOfResources, 0, nullptr);
  }
  while (true) asm volatile("pause");
}

}  // namespace vtprobe::efi

void* operator new(std::size_t size) {
  void* const memory = vtprobe::efi::heap.Take(size);
  if (memory == nullptr) vtprobe::efi::GiveUp();
  return memory;
}
void operator delete(void* memory, std::size_t size) noexcept {
  if (memory != nullptr) vtprobe::efi::heap.Return(memory, size);
}
// Of what the size is not known is not taken again.
void operator delete(void*) noexcept {}
