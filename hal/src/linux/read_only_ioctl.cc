#include "linux/read_only_ioctl.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>

namespace vtprobe {
namespace {

constexpr unsigned long kMsrBatch = _IOWR('c', 0xA2, MsrBatchArray);

}  // namespace

int ReadMsrBatchIoctl(int fd, MsrBatchArray* batch) {
  const auto writes = [](const MsrBatchOp& op) { return op.is_read == 0; };
  if (std::any_of(batch->ops, batch->ops + batch->count, writes)) return -EPERM;
  return ::ioctl(fd, kMsrBatch, batch) == 0 ? 0 : -errno;
}

}  // namespace vtprobe
