// All that this library asks of a driver by ioctl(2): the one door that could be
// used to write, so it stands by itself and lets nothing through that does. A
// test makes sure that no other file refers to ioctl.

#ifndef VTPROBE_HAL_SRC_LINUX_READ_ONLY_IOCTL_H_
#define VTPROBE_HAL_SRC_LINUX_READ_ONLY_IOCTL_H_

#include <cstdint>
#include <vector>

#include "linux/msr_batch.h"
#include "linux/sev_status.h"

namespace vtprobe {

// 0, or -errno. -EPERM, and nothing asked, if one of the operations would write.
int ReadMsrBatchIoctl(int fd, MsrBatchArray* batch);

// Of an open /dev/kvm: the addresses of its feature MSRs, and the value of one.
// 0, or -errno. [linux] Documentation/virt/kvm/api.rst,
// KVM_GET_MSR_FEATURE_INDEX_LIST and KVM_GET_MSRS as a system ioctl
int ListKvmFeatureMsrsIoctl(int fd, std::vector<std::uint32_t>* addresses);
int ReadKvmFeatureMsrIoctl(int fd, std::uint32_t address, std::uint64_t* value);

// Of an open /dev/sev: what the firmware says of itself. 0, or -errno. Nothing else
// that can be asked of the driver is. [linux] include/uapi/linux/psp-sev.h
int ReadSevStatusIoctl(int fd, SevStatus* status);
int ReadSnpStatusIoctl(int fd, SnpStatus* status);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_READ_ONLY_IOCTL_H_
