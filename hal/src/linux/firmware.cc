#include "linux/firmware.h"

#include <chrono>
#include <string_view>

#include "linux/host_file.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe {
namespace {

// SMBIOS demands MM/DD/YYYY since 2.3. What firmware wrote before that, or wrote
// wrong, stays as it is. [dmtf/dsp0134] 7.1
std::string IsoDate(std::string text) {
  if (text.size() != 10 || text[2] != '/' || text[5] != '/') return text;
  const std::string_view view = text;
  const auto month = ParseDigits<unsigned>(view.substr(0, 2), 10);
  const auto day = ParseDigits<unsigned>(view.substr(3, 2), 10);
  const auto year = ParseDigits<unsigned>(view.substr(6), 10);
  if (!month || !day || !year) return text;
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day));
  if (!date.ok()) return text;
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
