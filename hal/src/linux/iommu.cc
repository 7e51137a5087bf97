#include "linux/iommu.h"

#include <cstddef>
#include <system_error>

#include "linux/host_file.h"

namespace vtprobe {
namespace {

// More than any machine has; a folder without end costs no more than this.
constexpr std::size_t kMaxUnits = 4096;

}  // namespace

std::string ReadIommuTable(const std::filesystem::path& root) {
  const std::filesystem::path tables = root / "sys/firmware/acpi/tables";
  if (!IsFolder(tables)) return {};
  std::error_code error;
  for (const char* const table : {"DMAR", "IVRS"}) {
    if (std::filesystem::is_regular_file(tables / table, error)) return table;
  }
  // A description that every ACPI machine has: without it, the folder is not
  // the kernel's.
  return std::filesystem::is_regular_file(tables / "FACP", error) ? "none" : std::string();
}

std::string ReadIommuUnits(const std::filesystem::path& root) {
  const std::filesystem::path units = root / "sys/class/iommu";
  if (!IsFolder(units)) return {};
  std::error_code error;
  std::filesystem::directory_iterator entry(units, error);
  if (error) return {};
  std::size_t count = 0;
  while (entry != std::filesystem::directory_iterator() && count < kMaxUnits) {
    ++count;
    entry.increment(error);
    if (error) return {};
  }
  return std::to_string(count);
}

}  // namespace vtprobe
