// The door through which a register is written, for those few who mean to.
//
// It stands apart from the readers: no reader can be turned into one, no class
// of the access layer implements it, and nothing that reads includes this
// header. Whoever wants to write says so by asking for it.

#ifndef VTPROBE_HAL_MSR_WRITER_H_
#define VTPROBE_HAL_MSR_WRITER_H_

#include <cstdint>

#include "vtprobe/hal/result.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: calls for different CPUs may run at the same time; calls for
// the same CPU may not.
class MsrWriter {
 public:
  virtual ~MsrWriter() = default;

  // WRMSR on that CPU. kGeneralProtection if the CPU faults: the register is not
  // there, is locked, or the value sets a reserved bit. A write that the CPU
  // accepts and ignores is no error: only reading back tells.
  virtual Result<void> WriteMsr(LogicalCpu cpu, MsrAddress address, std::uint64_t value) = 0;

 protected:
  MsrWriter() = default;
  MsrWriter(const MsrWriter&) = default;
  MsrWriter& operator=(const MsrWriter&) = default;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_MSR_WRITER_H_
