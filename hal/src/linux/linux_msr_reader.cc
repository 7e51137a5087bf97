#include "vtprobe/hal/linux_msr_reader.h"

#include <array>
#include <bit>
#include <cerrno>
#include <utility>

#include "linux/device_files.h"
#include "linux/posix_device_calls.h"

namespace vtprobe {
namespace {

AccessCode MeaningOfReadErrno(int sys_errno) {
  switch (sys_errno) {
    case EIO:
      return AccessCode::kGeneralProtection;
    case ENXIO:
      return AccessCode::kCpuOffline;
    case EPERM:
      return AccessCode::kLockedDown;
    case ENODATA:
      return AccessCode::kNotRecorded;
    default:
      return AccessCode::kIo;
  }
}

}  // namespace

LinuxMsrReader::LinuxMsrReader(std::string device_root)
    : LinuxMsrReader(std::move(device_root), std::make_unique<PosixDeviceCalls>()) {}

LinuxMsrReader::LinuxMsrReader(std::string device_root, std::unique_ptr<DeviceCalls> calls)
    : files_(std::make_unique<DeviceFiles>(std::move(device_root), "msr", MeaningOfReadErrno,
                                           std::move(calls))) {}

LinuxMsrReader::~LinuxMsrReader() = default;

Result<std::uint64_t> LinuxMsrReader::ReadMsr(LogicalCpu cpu, MsrAddress address) {
  // Not more than 8 bytes: the driver would read the same register again.
  std::array<std::byte, sizeof(std::uint64_t)> bytes;
  return files_->Read(cpu, Number(address), bytes).map([&] {
    return std::bit_cast<std::uint64_t>(bytes);
  });
}

}  // namespace vtprobe
