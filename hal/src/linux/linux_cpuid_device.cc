#include "vtprobe/hal/linux_cpuid_device.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "linux/device_files.h"
#include "linux/posix_device_calls.h"

namespace vtprobe {
namespace {

AccessCode MeaningOfReadErrno(int sys_errno) {
  switch (sys_errno) {
    case ENXIO:
      return AccessCode::kCpuOffline;
    case ENODATA:
      return AccessCode::kNotRecorded;
    default:
      return AccessCode::kIo;
  }
}

}  // namespace

LinuxCpuidDevice::LinuxCpuidDevice(std::string device_root)
    : LinuxCpuidDevice(std::move(device_root), std::make_unique<PosixDeviceCalls>()) {}

LinuxCpuidDevice::LinuxCpuidDevice(std::string device_root, std::unique_ptr<DeviceCalls> calls)
    : files_(std::make_unique<DeviceFiles>(std::move(device_root), "cpuid", MeaningOfReadErrno,
                                           std::move(calls))) {}

LinuxCpuidDevice::~LinuxCpuidDevice() = default;

Result<CpuidRegisters> LinuxCpuidDevice::ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) {
  const std::uint64_t offset = leaf.leaf | std::uint64_t{leaf.subleaf} << 32;
  // EAX, EBX, ECX, EDX. Not more: the driver would go on to the next leaf.
  std::array<std::byte, 4 * sizeof(std::uint32_t)> bytes;
  return files_->Read(cpu, offset, bytes).map([&] {
    const auto [eax, ebx, ecx, edx] = std::bit_cast<std::array<std::uint32_t, 4>>(bytes);
    return CpuidRegisters{eax, ebx, ecx, edx};
  });
}

}  // namespace vtprobe
