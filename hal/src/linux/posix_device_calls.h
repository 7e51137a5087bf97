// The real system calls.

#ifndef VTPROBE_HAL_LINUX_POSIX_DEVICE_CALLS_H_
#define VTPROBE_HAL_LINUX_POSIX_DEVICE_CALLS_H_

#include "vtprobe/hal/device_calls.h"

namespace vtprobe {

class PosixDeviceCalls final : public DeviceCalls {
 public:
  int Open(const std::string& path) override;
  std::int64_t Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) override;
  int ReadMsrBatch(int fd, MsrBatchArray* batch) override;
  void Close(int fd) override;
  bool AnyCpuHasNode(const std::string& root, const std::string& node) override;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LINUX_POSIX_DEVICE_CALLS_H_
