#include "linux/secure_boot.h"

#include <cstddef>
#include <optional>
#include <string_view>

#include "linux/host_file.h"

namespace vtprobe {
namespace {

// EFI_GLOBAL_VARIABLE. [uefi/spec] 3.3
constexpr std::string_view kGlobalVariable = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

// A variable of one byte; efivarfs puts its attributes in front, 32 bits.
std::optional<bool> ReadFlag(const std::filesystem::path& root, std::string_view name) {
  static constexpr std::size_t kAttributes = 4;
  const std::string file = std::string(name) + std::string(kGlobalVariable);
  const auto content = ReadWholeFile(root / "sys/firmware/efi/efivars" / file, kAttributes + 1);
  if (!content || content->size() != kAttributes + 1) return std::nullopt;
  const char value = content->back();
  if (value != 0 && value != 1) return std::nullopt;
  return value == 1;
}

}  // namespace

std::string ReadSecureBoot(const std::filesystem::path& root) {
  // The kernel makes the folder efi in any system that UEFI started; ACPI's
  // proves that sysfs is there at all.
  if (!IsFolder(root / "sys/firmware/efi")) {
    return IsFolder(root / "sys/firmware/acpi") ? "legacy-boot" : std::string();
  }
  const auto secure = ReadFlag(root, "SecureBoot");
  if (!secure) return {};
  if (*secure) return "on";
  return ReadFlag(root, "SetupMode").value_or(false) ? "setup-mode" : "off";
}

}  // namespace vtprobe
