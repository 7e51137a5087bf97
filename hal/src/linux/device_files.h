// What the msr and the cpuid driver have in common: one file per CPU under
// ROOT/N, opened once, read at an offset that is an address, and the same ways
// to fail on the way there.

#ifndef VTPROBE_HAL_LINUX_DEVICE_FILES_H_
#define VTPROBE_HAL_LINUX_DEVICE_FILES_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "linux/fd_table.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/result.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: Read() may run at the same time, for the same CPU too.
class DeviceFiles {
 public:
  // What this driver means by the errno of a failed read. Nothing where it means
  // what all do: ENXIO is kCpuOffline, anything else kIo.
  using OwnMeaning = std::optional<AccessCode> (*)(int sys_errno);

  DeviceFiles(std::string root, std::string node, OwnMeaning own_meaning,
              std::unique_ptr<DeviceCalls> calls);
  ~DeviceFiles();
  DeviceFiles(const DeviceFiles&) = delete;
  DeviceFiles& operator=(const DeviceFiles&) = delete;

  // Opens the files of these CPUs now. One that does not open is not tried again,
  // and its reads fail as that did. No other call meanwhile.
  void OpenAll(const CpuSet& cpus);

  // The T at that offset of the CPU's file: its bytes and no more, in one call.
  template <typename T>
  Result<T> Read(LogicalCpu cpu, std::uint64_t offset) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::array<std::byte, sizeof(T)> bytes;
    return ReadBytes(cpu, offset, bytes).map([&] { return std::bit_cast<T>(bytes); });
  }

 private:
  enum class Driver : std::uint8_t { kUnknown, kAbsent, kPresent };

  Result<void> ReadBytes(LogicalCpu cpu, std::uint64_t offset, std::span<std::byte> buffer);
  AccessCode MeaningOfRead(int sys_errno) const;
  Result<int> OpenedFd(LogicalCpu cpu);
  int Open(LogicalCpu cpu);
  AccessCode WhyNotOpened(int sys_errno);
  bool DriverIsPresent();

  const std::string root_;
  const std::string node_;
  const OwnMeaning own_meaning_;
  const std::unique_ptr<DeviceCalls> calls_;
  FdTable fds_;
  std::atomic<Driver> driver_ = Driver::kUnknown;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_LINUX_DEVICE_FILES_H_
