// Whether interrupts of devices pass through the IOMMU, without which a device that
// is given to a guest can forge them.

#ifndef VTPROBE_HAL_SRC_LINUX_INTERRUPT_REMAPPING_H_
#define VTPROBE_HAL_SRC_LINUX_INTERRUPT_REMAPPING_H_

#include <filesystem>
#include <string_view>

namespace vtprobe {

// "on", "off", or nothing where no interrupt tells: by the names of their
// controllers, which begin with "IR-" where they are remapped. [linux]
// arch/x86/kernel/apic/msi.c, io_apic.c
std::string_view ReadInterruptRemapping(const std::filesystem::path& root);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_INTERRUPT_REMAPPING_H_
