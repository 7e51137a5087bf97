// All that this library asks of a driver by ioctl(2): the one door that could be
// used to write, so it stands by itself and lets nothing through that does. A
// test makes sure that no other file refers to ioctl.

#ifndef VTPROBE_HAL_SRC_LINUX_READ_ONLY_IOCTL_H_
#define VTPROBE_HAL_SRC_LINUX_READ_ONLY_IOCTL_H_

#include "linux/msr_batch.h"

namespace vtprobe {

// 0, or -errno. -EPERM, and nothing asked, if one of the operations would write.
int ReadMsrBatchIoctl(int fd, MsrBatchArray* batch);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_READ_ONLY_IOCTL_H_
