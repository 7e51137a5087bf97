// Whether there is an IOMMU, without which no device can be given to a guest:
// firmware describes it in an ACPI table, and the kernel drives it or doesn't.

#ifndef VTPROBE_HAL_SRC_LINUX_IOMMU_H_
#define VTPROBE_HAL_SRC_LINUX_IOMMU_H_

#include <filesystem>
#include <string>

namespace vtprobe {

// DMAR (Intel) or IVRS (AMD), whichever ACPI table firmware provides; none if
// it provides tables and neither is among them. Empty if the kernel shows no
// tables. A table's name is all that is looked at: reading it is root's.
std::string ReadIommuTable(const std::filesystem::path& root);

// How many IOMMUs the kernel drives, in decimal; empty if it doesn't say.
std::string ReadIommuUnits(const std::filesystem::path& root);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_IOMMU_H_
