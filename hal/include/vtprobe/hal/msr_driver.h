// Which driver reads MSRs here: the kernel's own, or msr-safe where that is all
// that this user may open.

#ifndef VTPROBE_HAL_MSR_DRIVER_H_
#define VTPROBE_HAL_MSR_DRIVER_H_

#include <memory>
#include <string>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/readers.h"

namespace vtprobe {

struct MsrDriver {
  std::unique_ptr<MsrReader> reader;
  // Whether rights count at each read and not only when a file is opened.
  bool checks_each_read = false;
};

// An MsrSafeReader if one of the CPUs' msr_safe can be opened and none of their
// msr nodes; else a LinuxMsrReader, which reads more registers, or says why it
// can read none. All CPUs' files are opened: the rights to do so may be given up
// then.
MsrDriver OpenMsrDriver(const CpuSet& cpus, const std::string& device_root = "/dev/cpu");

}  // namespace vtprobe

#endif  // VTPROBE_HAL_MSR_DRIVER_H_
