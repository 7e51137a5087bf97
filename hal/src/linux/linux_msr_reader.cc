#include "vtprobe/hal/linux_msr_reader.h"

#include <cerrno>
#include <optional>
#include <utility>

#include "linux/device_files.h"
#include "linux/posix_device_calls.h"

namespace vtprobe {
namespace {

std::optional<AccessCode> MeaningOfErrno(int sys_errno) {
  switch (sys_errno) {
    case EIO:
      return AccessCode::kGeneralProtection;
    case EPERM:
      return AccessCode::kLockedDown;
    case ENODATA:
      return AccessCode::kNotRecorded;
    default:
      return std::nullopt;
  }
}

}  // namespace

LinuxMsrReader::LinuxMsrReader(std::string device_root)
    : LinuxMsrReader(std::move(device_root), std::make_unique<PosixDeviceCalls>()) {}

LinuxMsrReader::LinuxMsrReader(std::string device_root, std::unique_ptr<DeviceCalls> calls)
    : files_(std::make_unique<DeviceFiles>(std::move(device_root), "msr", MeaningOfErrno,
                                           std::move(calls))) {}

LinuxMsrReader::~LinuxMsrReader() = default;

void LinuxMsrReader::OpenAll(const CpuSet& cpus) { files_->OpenAll(cpus); }

Result<std::uint64_t> LinuxMsrReader::ReadMsr(LogicalCpu cpu, MsrAddress address) {
  // Not more than 8 bytes: the driver would read the same register again.
  return files_->Read<std::uint64_t>(cpu, Number(address));
}

}  // namespace vtprobe
