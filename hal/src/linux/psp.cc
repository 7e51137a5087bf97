#include "linux/psp.h"

#include <cstddef>
#include <set>
#include <string>
#include <system_error>

#include "linux/host_file.h"

namespace vtprobe {
namespace {

// Two sockets have four; a folder without end costs no more than this.
constexpr std::size_t kMaxDevices = 256;

}  // namespace

void ReadPsp(const std::filesystem::path& root, Metadata* metadata) {
  const std::filesystem::path driver = root / "sys/bus/pci/drivers/ccp";
  if (!IsFolder(driver)) return;
  std::set<std::filesystem::path> devices;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(driver, error), end;
       !error && entry != end && devices.size() < kMaxDevices; entry.increment(error)) {
    devices.insert(entry->path());
  }
  for (const std::string_view attribute : meta::kPspAttributes) {
    for (const std::filesystem::path& device : devices) {
      const auto value = ReadAttribute(device / attribute);
      if (value != "0" && value != "1") continue;
      metadata->Set(std::string(meta::kPsp) + '.' + std::string(attribute), *value);
      break;
    }
  }
}

}  // namespace vtprobe
