#include "linux/posix_device_calls.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>

#include "linux/read_only_ioctl.h"
#include "vtprobe/hal/cpu_device_files.h"

namespace vtprobe {
namespace {

// MSR addresses reach 0xFFFFFFFF, and a CPUID subleaf stands above bit 32.
static_assert(sizeof(off_t) == 8, "device offsets need 64-bit file offsets");

}  // namespace

int PosixDeviceCalls::Open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  return fd >= 0 ? fd : -errno;
}

std::int64_t PosixDeviceCalls::Pread(int fd, std::span<std::byte> buffer, std::uint64_t offset) {
  const ssize_t count = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
  return count >= 0 ? count : -errno;
}

int PosixDeviceCalls::ReadMsrBatch(int fd, MsrBatchArray* batch) {
  return ReadMsrBatchIoctl(fd, batch);
}

void PosixDeviceCalls::Close(int fd) { ::close(fd); }

bool PosixDeviceCalls::AnyCpuHasNode(const std::string& root, const std::string& node) {
  return vtprobe::AnyCpuHasNode(root, node);
}

}  // namespace vtprobe
