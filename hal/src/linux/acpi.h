// What firmware's ACPI tables say: how many CPUs there are, what SMM promises not to
// touch, and whether devices are kept from memory while the system starts. Linux
// shows the tables to root.

#ifndef VTPROBE_HAL_SRC_LINUX_ACPI_H_
#define VTPROBE_HAL_SRC_LINUX_ACPI_H_

#include <filesystem>

#include "vtprobe/hal/metadata.h"

namespace vtprobe {

// Sets cpus.announced, acpi.dmar_flags and acpi.wsmt ("none" where the tables are
// there and it is not among them). A table of which a length does not fit says
// nothing.
void ReadAcpi(const std::filesystem::path& root, Metadata* metadata);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_ACPI_H_
