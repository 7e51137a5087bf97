#include "vtprobe/hal/linux_cpuid_device.h"

#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>

#include "linux/device_files.h"
#include "linux/posix_device_calls.h"

namespace vtprobe {
namespace {

std::optional<AccessCode> MeaningOfErrno(int sys_errno) {
  if (sys_errno == ENODATA) return AccessCode::kNotRecorded;
  return std::nullopt;
}

}  // namespace

LinuxCpuidDevice::LinuxCpuidDevice(std::string device_root)
    : LinuxCpuidDevice(std::move(device_root), std::make_unique<PosixDeviceCalls>()) {}

LinuxCpuidDevice::LinuxCpuidDevice(std::string device_root, std::unique_ptr<DeviceCalls> calls)
    : files_(std::make_unique<DeviceFiles>(std::move(device_root), "cpuid", MeaningOfErrno,
                                           std::move(calls))) {}

LinuxCpuidDevice::~LinuxCpuidDevice() = default;

Result<CpuidRegisters> LinuxCpuidDevice::ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) {
  const std::uint64_t offset = leaf.leaf | std::uint64_t{leaf.subleaf} << 32;
  // EAX, EBX, ECX, EDX. Not more: the driver would go on to the next leaf.
  return files_->Read<CpuidRegisters>(cpu, offset);
}

}  // namespace vtprobe
