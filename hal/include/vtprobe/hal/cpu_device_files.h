// The device files of the msr and the cpuid driver, ROOT/N/NODE of CPU N, as far as
// whoever opens them, to read or otherwise, has to know them alike.

#ifndef VTPROBE_HAL_CPU_DEVICE_FILES_H_
#define VTPROBE_HAL_CPU_DEVICE_FILES_H_

#include <functional>
#include <string>

#include "vtprobe/hal/access_error.h"

namespace vtprobe {

// Why such a file does not open, by the errno of open(2):
//   ENOENT         kNoDriver, or kCpuOffline if the driver is there, which is asked
//                  for this errno alone
//   EPERM, EACCES  kPermissionDenied
//   ENXIO          kCpuOffline
//   anything else  kIo
// [linux] arch/x86/kernel/msr.c and cpuid.c
AccessCode WhyNotOpened(int sys_errno, const std::function<bool()>& driver_is_present);

// Whether ROOT/N/NODE exists for any CPU number N: the driver is there. False where
// ROOT can't be looked into.
bool AnyCpuHasNode(const std::string& root, const std::string& node);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_CPU_DEVICE_FILES_H_
