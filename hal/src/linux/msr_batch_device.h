// /dev/cpu/msr_batch of msr-safe, where there is one whose structures are known.

#ifndef VTPROBE_HAL_SRC_LINUX_MSR_BATCH_DEVICE_H_
#define VTPROBE_HAL_SRC_LINUX_MSR_BATCH_DEVICE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/result.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: Read() may run at the same time.
class MsrBatchDevice {
 public:
  // Null if the device, or the version of its driver, can't be had. Borrows the
  // calls.
  static std::unique_ptr<MsrBatchDevice> Open(const std::string& root, DeviceCalls& calls);
  ~MsrBatchDevice();
  MsrBatchDevice(const MsrBatchDevice&) = delete;
  MsrBatchDevice& operator=(const MsrBatchDevice&) = delete;

  // Reads what of a CPU's registers the driver reads at a time, into their places.
  // Gives the places of the others, of which nothing is known then.
  std::vector<std::size_t> Read(LogicalCpu cpu, std::span<const MsrAddress> addresses,
                                std::span<Result<std::uint64_t>> answers) const;

 private:
  MsrBatchDevice(int fd, std::uint32_t version, DeviceCalls& calls)
      : fd_(fd), version_(version), calls_(calls) {}

  const int fd_;
  const std::uint32_t version_;
  DeviceCalls& calls_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_MSR_BATCH_DEVICE_H_
