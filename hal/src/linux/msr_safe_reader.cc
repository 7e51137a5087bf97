#include "vtprobe/hal/msr_safe_reader.h"

#include <array>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "linux/device_files.h"
#include "linux/msr_batch_device.h"
#include "linux/posix_device_calls.h"

namespace vtprobe {
namespace {

AccessCode MeaningOfReadErrno(int sys_errno) {
  switch (sys_errno) {
    case EIO:
      return AccessCode::kGeneralProtection;
    case ENXIO:
      return AccessCode::kCpuOffline;
    case EACCES:
      return AccessCode::kPermissionDenied;
    default:
      return AccessCode::kIo;
  }
}

}  // namespace

MsrSafeReader::MsrSafeReader(std::string device_root)
    : MsrSafeReader(std::move(device_root), std::make_unique<PosixDeviceCalls>()) {}

MsrSafeReader::MsrSafeReader(std::string device_root, std::unique_ptr<DeviceCalls> calls) {
  batch_ = MsrBatchDevice::Open(device_root, *calls);
  files_ = std::make_unique<DeviceFiles>(std::move(device_root), "msr_safe", MeaningOfReadErrno,
                                         std::move(calls));
}

MsrSafeReader::~MsrSafeReader() = default;

Result<std::uint64_t> MsrSafeReader::ReadMsr(LogicalCpu cpu, MsrAddress address) {
  // The driver refuses any other number of bytes.
  std::array<std::byte, sizeof(std::uint64_t)> bytes;
  return files_->Read(cpu, Number(address), bytes).map([&] {
    return std::bit_cast<std::uint64_t>(bytes);
  });
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
