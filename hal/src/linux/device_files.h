// What the msr and the cpuid driver have in common: one file per CPU under
// ROOT/N, opened once, read at an offset that is an address, and the same ways
// to fail on the way there.

#ifndef VTPROBE_HAL_LINUX_DEVICE_FILES_H_
#define VTPROBE_HAL_LINUX_DEVICE_FILES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "linux/fd_table.h"
#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/result.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: Read() may run at the same time, for the same CPU too.
class DeviceFiles {
 public:
  // What the driver means by the errno of a failed read.
  using ReadErrnoMeaning = AccessCode (*)(int sys_errno);

  DeviceFiles(std::string root, std::string node, ReadErrnoMeaning read_errno_meaning,
              std::unique_ptr<DeviceCalls> calls);
  ~DeviceFiles();
  DeviceFiles(const DeviceFiles&) = delete;
  DeviceFiles& operator=(const DeviceFiles&) = delete;

  // Fills the whole buffer from that offset of the CPU's file, in one call.
  Result<void> Read(LogicalCpu cpu, std::uint64_t offset, std::span<std::byte> buffer);

 private:
  enum class Driver : std::uint8_t { kUnknown, kAbsent, kPresent };

  Result<int> OpenedFd(LogicalCpu cpu);
  AccessError WhyNotOpened(int sys_errno);
  bool DriverIsPresent();

  const std::string root_;
  const std::string node_;
  const ReadErrnoMeaning read_errno_meaning_;
  const std::unique_ptr<DeviceCalls> calls_;
  FdTable fds_;
  std::atomic<Driver> driver_ = Driver::kUnknown;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LINUX_DEVICE_FILES_H_
