// What firmware says of itself and of the board, in its SMBIOS tables.

#ifndef VTPROBE_HAL_SRC_LINUX_FIRMWARE_H_
#define VTPROBE_HAL_SRC_LINUX_FIRMWARE_H_

#include <filesystem>
#include <string>

namespace vtprobe {

// A field is empty where firmware or the kernel doesn't tell.
struct Firmware {
  std::string vendor;
  std::string version;
  std::string date;   // YYYY-MM-DD, or what stands in its place
  std::string board;  // vendor and name
};

// Of the tables, only these four fields are read: beside them stand serial
// numbers and the machine's UUID.
Firmware ReadFirmware(const std::filesystem::path& root);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_FIRMWARE_H_
