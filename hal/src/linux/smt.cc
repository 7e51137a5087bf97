#include "linux/smt.h"

#include "linux/host_file.h"

namespace vtprobe {

std::string_view ReadSmt(const std::filesystem::path& root) {
  const auto control = ReadAttribute(root / "sys/devices/system/cpu/smt/control");
  if (control == "on") return "on";
  if (control == "off" || control == "forceoff") return "off";
  if (control == "notsupported") return "none";
  return {};
}

}  // namespace vtprobe
