// One file descriptor per CPU, found without a lock.
//
// CPU numbers are known only when they are asked for, and a table that grows
// would have to lock its readers out. So the table has a fixed index of blocks,
// each made when one of its CPUs is first asked for and never moved: the usual
// machine fits into one block of 4 KiB.

#ifndef VTPROBE_HAL_LINUX_FD_TABLE_H_
#define VTPROBE_HAL_LINUX_FD_TABLE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: SlotOf() may run at the same time, and a slot is an atomic.
class FdTable {
 public:
  // What a slot holds: a descriptor, or that the file is not open, or the errno
  // with which it did not open, once and for all.
  static constexpr int kClosed = -1;
  static constexpr bool IsOpen(int slot) { return slot >= 0; }
  static constexpr int Refused(int sys_errno) { return kClosed - sys_errno; }
  // 0 for a slot that holds no errno.
  static constexpr int RefusalOf(int slot) { return slot < kClosed ? kClosed - slot : 0; }
  using Slot = std::atomic<int>;

  FdTable() = default;
  ~FdTable();
  FdTable(const FdTable&) = delete;
  FdTable& operator=(const FdTable&) = delete;

  // Requires Number(cpu) <= kMaxCpuNumber. The slot stays where it is.
  Slot& SlotOf(LogicalCpu cpu);

  // Calls `use` with every descriptor in the table. No other call meanwhile.
  template <typename Use>
  void ForEachOpen(Use use) const {
    for (const auto& place : blocks_) {
      const Block* const block = place.load();
      if (block == nullptr) continue;
      for (const Slot& slot : block->slots) {
        if (const int fd = slot.load(); IsOpen(fd)) use(fd);
      }
    }
  }

 private:
  static constexpr std::size_t kBlockSize = 1024;

  struct Block {
    Block() {
      for (Slot& slot : slots) slot.store(kClosed, std::memory_order_relaxed);
    }
    std::array<Slot, kBlockSize> slots;
  };

  std::array<std::atomic<Block*>, kMaxCpuNumber / kBlockSize + 1> blocks_{};
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LINUX_FD_TABLE_H_
