#include "vtprobe/hal/msr_safe_reader.h"

#include <cerrno>
#include <cstddef>
#include <optional>
#include <utility>

#include "linux/device_files.h"
#include "linux/msr_batch_device.h"
#include "linux/posix_device_calls.h"

namespace vtprobe {
namespace {

std::optional<AccessCode> MeaningOfErrno(int sys_errno) {
  switch (sys_errno) {
    case EIO:
      return AccessCode::kGeneralProtection;
    case EACCES:
      return AccessCode::kPermissionDenied;
    default:
      return std::nullopt;
  }
}

}  // namespace

MsrSafeReader::MsrSafeReader(std::string device_root)
    : MsrSafeReader(std::move(device_root), std::make_unique<PosixDeviceCalls>()) {}

MsrSafeReader::MsrSafeReader(std::string device_root, std::unique_ptr<DeviceCalls> calls) {
  batch_ = MsrBatchDevice::Open(device_root, *calls);
  files_ = std::make_unique<DeviceFiles>(std::move(device_root), "msr_safe", MeaningOfErrno,
                                         std::move(calls));
}

MsrSafeReader::~MsrSafeReader() = default;

void MsrSafeReader::OpenAll(const CpuSet& cpus) { files_->OpenAll(cpus); }

Result<std::uint64_t> MsrSafeReader::ReadMsr(LogicalCpu cpu, MsrAddress address) {
  // The driver refuses any other number of bytes.
  return files_->Read<std::uint64_t>(cpu, Number(address));
}

void MsrSafeReader::ReadMsrs(LogicalCpu cpu, std::span<const MsrAddress> addresses,
                             std::span<Result<std::uint64_t>> answers) {
  if (batch_ == nullptr || addresses.size() < 2) {
    MsrReader::ReadMsrs(cpu, addresses, answers);
    return;
  }
  for (const std::size_t place : batch_->Read(cpu, addresses, answers)) {
    answers[place] = ReadMsr(cpu, addresses[place]);
  }
}

}  // namespace vtprobe
