// The kernel's msr or cpuid driver, in memory: CPUs, and registers that have a
// value, fault or come up short. It keeps the drivers' own habits, so a reader
// that asks for too much is found out.

#ifndef VTPROBE_TESTS_HAL_FAKE_CPU_DRIVER_H_
#define VTPROBE_TESTS_HAL_FAKE_CPU_DRIVER_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/hal/device_calls.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Thread-safety: as DeviceCalls asks, once the registers are in place.
class FakeCpuDriver final : public DeviceCalls {
 public:
  static constexpr const char* kRoot = "/fake/cpu";

  // `node` is "msr" or "cpuid". A register has `register_size` bytes: 8 or 16.
  FakeCpuDriver(std::string node, std::size_t register_size)
      : node_(std::move(node)), register_size_(register_size) {}

  // Each brings the CPU online as well.
  void Hold(LogicalCpu cpu, std::uint64_t offset, std::span<const std::byte> value);
  void FailRead(LogicalCpu cpu, std::uint64_t offset, int sys_errno);
  void ShortenRead(LogicalCpu cpu, std::uint64_t offset, std::size_t bytes);

  int Open(const std::string& path) override;
  // A register that is not there faults: -EIO.
  std::int64_t Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) override;
  void Close(int fd) override;
  bool AnyCpuHasNode(const std::string& root, const std::string& node) override;

  int open_count() const { return open_count_; }

 private:
  struct Register {
    std::vector<std::byte> value;
    int sys_errno = 0;
  };
  using Registers = std::map<std::uint64_t, Register>;

  Registers& RegistersOf(LogicalCpu cpu);

  const std::string node_;
  const std::size_t register_size_;
  std::map<LogicalCpu, Registers> cpus_;
  std::map<std::string, LogicalCpu> paths_;
  std::atomic<int> open_count_ = 0;
};

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_FAKE_CPU_DRIVER_H_
