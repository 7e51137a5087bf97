// KVM as it runs: which of its modules is loaded, and with which parameters.

#ifndef VTPROBE_HAL_SRC_LINUX_KVM_MODULE_H_
#define VTPROBE_HAL_SRC_LINUX_KVM_MODULE_H_

#include <filesystem>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// Sets kvm.module (kvm_intel, kvm_amd or none) and, of that module, one key for
// each parameter that decides what guests get: "kvm_intel.ept = Y". Sets nothing
// if the kernel lists no modules. A module that is built into the kernel is
// listed as one that was loaded. Where it is neither of these two, kvm.provider
// is the module that KVM works through without hardware virtualization
// (kvm_pvm), if /dev/kvm is there.
void ReadKvmModule(const std::filesystem::path& root, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_KVM_MODULE_H_
