#include "facts.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "smbios.h"

#ifndef VTPROBE_VERSION
#error "which version it is belongs in a recording"
#endif

namespace vtprobe::efi {
namespace {

std::string TwoDigits(std::uint64_t number) {
  return std::string(number < 10 ? "0" : "").append(std::to_string(number));
}

struct Clock {
  std::string text;
  bool is_utc = false;
};

// RFC 3339. In UTC where firmware says how far its clock is from that; else as the
// clock shows it.
std::optional<Clock> Now(const Firmware& firmware) {
  uefi::Time time{};
  if (uefi::IsError(firmware.table().runtime->get_time(&time, nullptr))) return std::nullopt;
  const std::chrono::year_month_day date(
      std::chrono::year(time.year), std::chrono::month(time.month), std::chrono::day(time.day));
  if (!date.ok()) return std::nullopt;
  const bool is_utc = time.time_zone != uefi::kUnspecifiedZone;
  const std::chrono::sys_seconds at =
      std::chrono::sys_days{date} + std::chrono::hours(time.hour) +
      std::chrono::minutes(time.minute + (is_utc ? time.time_zone : 0)) +
      std::chrono::seconds(time.second);
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day utc(day);
  const auto seconds = static_cast<std::uint64_t>((at - day).count());
  std::string text = std::to_string(static_cast<int>(utc.year()));
  text.append("-").append(TwoDigits(static_cast<unsigned>(utc.month())));
  text.append("-").append(TwoDigits(static_cast<unsigned>(utc.day())));
  text.append("T").append(TwoDigits(seconds / 3600));
  text.append(":").append(TwoDigits(seconds / 60 % 60));
  text.append(":").append(TwoDigits(seconds % 60));
  if (is_utc) text += 'Z';
  return Clock{text, is_utc};
}

// The revision's two halves are decimal by custom: 1.50.
std::string Revision(std::uint32_t revision) {
  return std::to_string(revision >> 16).append(".").append(std::to_string(revision & 0xffff));
}

const void* ConfigurationTable(const Firmware& firmware, const uefi::Guid& guid) {
  const uefi::SystemTable& table = firmware.table();
  const auto* const end = table.configuration + table.configuration_tables;
  const auto* const found =
      std::find_if(table.configuration, end, [&](const auto& row) { return row.vendor == guid; });
  return found == end ? nullptr : found->table;
}

std::optional<bool> Flag(const Firmware& firmware, const char16_t* name) {
  std::uint8_t value = 0;
  std::size_t size = sizeof value;
  const uefi::Status status =
      firmware.table().runtime->get_variable(name, &uefi::kGlobalVariable, nullptr, &size, &value);
  if (uefi::IsError(status) || size != sizeof value) return std::nullopt;
  return value == 1;
}

// [uefi/spec] 3.3, 32.3
std::string SecureBoot(const Firmware& firmware) {
  const auto is_on = Flag(firmware, u"SecureBoot");
  if (!is_on) return "";
  if (*is_on) return "on";
  return Flag(firmware, u"SetupMode").value_or(false) ? "setup-mode" : "off";
}

}  // namespace

Metadata Facts(const Firmware& firmware) {
  Metadata metadata;
  metadata.Set(meta::kProvenance, "recorded");
  metadata.Set(meta::kTool, "vtprobe.efi " VTPROBE_VERSION);
  if (const auto now = Now(firmware)) {
    metadata.Set(now->is_utc ? meta::kTime : std::string_view("uefi.local_time"), now->text);
  }
  metadata.Set(meta::kStage, "pre-os");

  Smbios smbios;
  for (const uefi::Guid& guid : {uefi::kSmbios3, uefi::kSmbios}) {
    const void* const entry_point = ConfigurationTable(firmware, guid);
    if (entry_point == nullptr) continue;
    smbios = ReadSmbios(SmbiosTable(entry_point));
    break;
  }
  const std::string uefi_vendor = firmware.table().firmware_vendor == nullptr
                                      ? std::string()
                                      : FromUcs2(firmware.table().firmware_vendor);
  const std::string uefi_revision = Revision(firmware.table().firmware_revision);
  metadata.Set(meta::kFirmwareVendor, smbios.vendor.empty() ? uefi_vendor : smbios.vendor);
  metadata.Set(meta::kFirmwareVersion, smbios.version.empty() ? uefi_revision : smbios.version);
  metadata.Set(meta::kFirmwareDate, smbios.date);
  metadata.Set(meta::kBoard, smbios.board);
  metadata.Set("uefi.vendor", uefi_vendor);
  metadata.Set("uefi.revision", uefi_revision);
  metadata.Set(meta::kSecureBoot, SecureBoot(firmware));
  return metadata;
}

}  // namespace vtprobe::efi
