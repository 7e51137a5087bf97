// Whether tboot launched this kernel through Intel TXT.
//
// It decides which of the two VMX bits of IA32_FEATURE_CONTROL counts, for the
// CPU and for Linux: under tboot Linux turns VMX off unless the in-SMX bit is
// set, otherwise unless the outside-SMX bit is (arch/x86/kernel/cpu/feat_ctl.c).
// What is answered here is therefore what Linux believes.

#ifndef VTPROBE_HAL_SRC_LINUX_MEASURED_LAUNCH_H_
#define VTPROBE_HAL_SRC_LINUX_MEASURED_LAUNCH_H_

#include <filesystem>
#include <optional>

#include "linux/kernel_config.h"

namespace vtprobe {

// Evidence, from arch/x86/kernel/tboot.c: tboot hands the kernel the address of
// a page that the two share, and does so only after a measured launch. The
// kernel then prints "tboot: found shared page at phys addr 0x..." on its way
// through setup_arch(), and by that page tboot_enabled() answers ever after.
//   - The line is in the log: yes.
//   - The log reaches back to the kernel's banner and lacks the line: no.
//   - CONFIG_INTEL_TXT is not set, so that code is not in the kernel: no.
// Anything else leaves it open. Under Xen it is Xen that tboot launched, of
// which no guest's kernel is told, not even dom0's: don't ask there.
std::optional<bool> ReadMeasuredLaunch(const std::filesystem::path& root,
                                       const std::optional<KernelConfig>& config);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_MEASURED_LAUNCH_H_
