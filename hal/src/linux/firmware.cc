#include "linux/firmware.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string_view>

#include "linux/host_file.h"

namespace vtprobe {
namespace {

std::optional<int> ParseDigits(std::string_view digits) {
  int value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [after, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || after != end || value < 0) return std::nullopt;
  return value;
}

// SMBIOS demands MM/DD/YYYY since 2.3. What firmware wrote before that, or wrote
// wrong, stays as it is. [dmtf/dsp0134] 7.1
std::string IsoDate(std::string text) {
  if (text.size() != 10 || text[2] != '/' || text[5] != '/') return text;
  const std::string_view view = text;
  const auto month = ParseDigits(view.substr(0, 2));
  const auto day = ParseDigits(view.substr(3, 2));
  const auto year = ParseDigits(view.substr(6));
  if (!month || !day || !year) return text;
  const bool exists = std::chrono::year_month_day(std::chrono::year(*year),
                                                  std::chrono::month(static_cast<unsigned>(*month)),
                                                  std::chrono::day(static_cast<unsigned>(*day)))
                          .ok();
  if (!exists) return text;
  return text.substr(6) + '-' + text.substr(0, 2) + '-' + text.substr(3, 2);
}

}  // namespace

Firmware ReadFirmware(const std::filesystem::path& root) {
  const std::filesystem::path dmi = root / "sys/class/dmi/id";
  const auto field = [&](std::string_view name) {
    return ReadAttribute(dmi / name).value_or(std::string());
  };
  return {field("bios_vendor"), field("bios_version"), IsoDate(field("bios_date")),
          field("board_vendor") + ' ' + field("board_name")};
}

}  // namespace vtprobe
