#include "linux/fd_table.h"

#include <memory>

namespace vtprobe {

FdTable::~FdTable() {
  for (const auto& place : blocks_) delete place.load();
}

FdTable::Slot& FdTable::SlotOf(LogicalCpu cpu) {
  std::atomic<Block*>& place = blocks_[Number(cpu) / kBlockSize];
  Block* block = place.load(std::memory_order_acquire);
  if (block == nullptr) {
    auto fresh = std::make_unique<Block>();
    // Whoever comes second takes the block that came first, and drops its own.
    if (place.compare_exchange_strong(block, fresh.get(), std::memory_order_acq_rel)) {
      block = fresh.release();
    }
  }
  return block->slots[Number(cpu) % kBlockSize];
}

}  // namespace vtprobe
