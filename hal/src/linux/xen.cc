#include "linux/xen.h"

#include <string>

#include "linux/host_file.h"

namespace vtprobe {

// [linux] Documentation/ABI/stable/sysfs-hypervisor-xen
void ReadXen(const std::filesystem::path& root, Metadata* metadata) {
  const std::filesystem::path folder = root / "sys/hypervisor";
  if (ReadAttribute(folder / "type") != "xen") return;
  const std::filesystem::path properties = folder / "properties";
  metadata->Set(meta::kXenFeatures, ReadAttribute(properties / "features").value_or(std::string()));
  metadata->Set(meta::kXenCapabilities,
                ReadAttribute(properties / "capabilities").value_or(std::string()));
}

}  // namespace vtprobe
