#include "msr_writer/linux_msr_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "vtprobe/hal/cpu_device_files.h"

namespace vtprobe::msr_writer {
namespace {

constexpr const char* kRoot = "/dev/cpu";
constexpr const char* kNode = "msr";

AccessCode WhyNotWritten(int error) {
  switch (error) {
    case EIO:
      return AccessCode::kGeneralProtection;
    case EPERM:
      return AccessCode::kLockedDown;
    case ENXIO:
      return AccessCode::kCpuOffline;
    default:
      return AccessCode::kIo;
  }
}

}  // namespace

WriteCalls WriteCalls::OfKernel() {
  return {.open =
              [](const std::string& path) {
                const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
                return fd < 0 ? -errno : fd;
              },
          .pwrite = [](int fd, std::uint64_t value, std::uint64_t offset) -> std::int64_t {
            const auto count = ::pwrite(fd, &value, sizeof(value), static_cast<off_t>(offset));
            return count < 0 ? -errno : count;
          },
          .close = [](int fd) { ::close(fd); },
          .driver_is_present = [] { return AnyCpuHasNode(kRoot, kNode); }};
}

Result<void> LinuxMsrWriter::WriteMsr(LogicalCpu cpu, MsrAddress address, std::uint64_t value) {
  const int fd = calls_.open(
      std::string(kRoot).append("/").append(std::to_string(Number(cpu))).append("/").append(kNode));
  if (fd < 0) return Fail(WhyNotOpened(-fd, calls_.driver_is_present));
  const std::int64_t count = calls_.pwrite(fd, value, Number(address));
  calls_.close(fd);
  if (count < 0) return Fail(WhyNotWritten(static_cast<int>(-count)));
  if (count != static_cast<std::int64_t>(sizeof(value))) return Fail(AccessCode::kIo);
  return {};
}

}  // namespace vtprobe::msr_writer
