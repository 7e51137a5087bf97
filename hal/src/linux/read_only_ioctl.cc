#include "linux/read_only_ioctl.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>

namespace vtprobe {
namespace {

constexpr std::uint64_t kMsrBatch = _IOWR('c', 0xA2, MsrBatchArray);

// A request's number holds the size of what the kernel calls its head; in C++ the
// kernel's own header gives another one, since an empty array takes room there.
struct KvmMsrs {
  std::uint32_t count;
  std::uint32_t unused;
  // In the kernel's structure any number of them; here one is asked for.
  struct Entry {
    std::uint32_t address;
    std::uint32_t unused;
    std::uint64_t value;
  } entry;
};
constexpr std::uint64_t kListFeatureMsrs = _IOWR(0xAE, 0x0A, std::uint32_t);
constexpr std::uint64_t kGetMsrs = _IOWR(0xAE, 0x88, std::uint64_t);
static_assert(offsetof(KvmMsrs, entry) == sizeof(std::uint64_t));

// A command to the firmware of AMD's Secure Processor; by its number it may write, so
// none but these two is sent. [linux] include/uapi/linux/psp-sev.h
struct [[gnu::packed]] SevCommand {
  std::uint32_t command;
  std::uint64_t data;
  std::uint32_t error;
};
constexpr std::uint64_t kIssueSevCommand = _IOWR('S', 0x0, SevCommand);
constexpr std::uint32_t kSevPlatformStatus = 1;
constexpr std::uint32_t kSnpPlatformStatus = 9;

int IssueSevCommand(int fd, std::uint32_t command, void* answer) {
  SevCommand request{
      .command = command, .data = reinterpret_cast<std::uintptr_t>(answer), .error = 0};
  return ::ioctl(fd, kIssueSevCommand, &request) == 0 ? 0 : -errno;
}

// Far more than any KVM has.
constexpr std::size_t kMostFeatureMsrs = 1024;

}  // namespace

int ReadMsrBatchIoctl(int fd, MsrBatchArray* batch) {
  const auto writes = [](const MsrBatchOp& op) { return op.is_read == 0; };
  if (std::any_of(batch->ops, batch->ops + batch->count, writes)) return -EPERM;
  return ::ioctl(fd, kMsrBatch, batch) == 0 ? 0 : -errno;
}

int ListKvmFeatureMsrsIoctl(int fd, std::vector<std::uint32_t>* addresses) {
  // A count, and behind it the addresses.
  std::vector<std::uint32_t> list(1 + kMostFeatureMsrs);
  list[0] = kMostFeatureMsrs;
  if (::ioctl(fd, kListFeatureMsrs, list.data()) != 0) return -errno;
  const std::size_t count = std::min<std::size_t>(list[0], kMostFeatureMsrs);
  addresses->assign(list.begin() + 1, list.begin() + 1 + static_cast<std::ptrdiff_t>(count));
  return 0;
}

int ReadKvmFeatureMsrIoctl(int fd, std::uint32_t address, std::uint64_t* value) {
  KvmMsrs msrs{.count = 1, .unused = 0, .entry = {.address = address, .unused = 0, .value = 0}};
  // The number of registers that were read.
  const int count = ::ioctl(fd, kGetMsrs, &msrs);
  if (count < 0) return -errno;
  if (count != 1) return -ENOENT;
  *value = msrs.entry.value;
  return 0;
}

int ReadSevStatusIoctl(int fd, SevStatus* status) {
  return IssueSevCommand(fd, kSevPlatformStatus, status);
}

int ReadSnpStatusIoctl(int fd, SnpStatus* status) {
  return IssueSevCommand(fd, kSnpPlatformStatus, status);
}

}  // namespace vtprobe
