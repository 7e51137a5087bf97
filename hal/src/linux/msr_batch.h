// The batch interface of msr-safe (https://github.com/LLNL/msr-safe, msr_safe.h
// and README.md), as its driver lays it out.
//
// One ioctl of /dev/cpu/msr_batch has any number of registers read, of any CPUs.
// The same structure can also write, so nobody but MsrBatchOp::Read() makes one.

#ifndef VTPROBE_HAL_SRC_LINUX_MSR_BATCH_H_
#define VTPROBE_HAL_SRC_LINUX_MSR_BATCH_H_

#include <cstdint>

#include "vtprobe/hal/types.h"

namespace vtprobe {

struct MsrBatchOp {
  // Requires Number(cpu) <= 0xFFFF.
  static MsrBatchOp Read(LogicalCpu cpu, MsrAddress address) {
    return {static_cast<std::uint16_t>(Number(cpu)), 1, 0, Number(address), 0, 0};
  }

  std::uint16_t cpu;
  std::uint16_t is_read;  // 0: the driver would write
  std::int32_t error;     // set by the driver: 0, or -errno
  std::uint32_t address;
  std::uint64_t value;       // set by the driver
  std::uint64_t write_mask;  // set by the driver; of no use here
};
static_assert(sizeof(MsrBatchOp) == 32);

struct MsrBatchArray {
  std::uint32_t count;
  std::uint32_t version;  // of the structures; compared from 2.0.0 on
  MsrBatchOp* ops;
};
static_assert(sizeof(MsrBatchArray) == 16);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_MSR_BATCH_H_
