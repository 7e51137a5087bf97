#include "levels.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "vtprobe/hal/natural_order.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::fleet {
namespace {

bool AreDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "MM/DD/YYYY", as SMBIOS has it, and "YYYY-MM-DD" in the form in which text sorts as
// time does; empty for anything else. [dmtf/dsp0134] 7.1
std::string SortableDate(std::string_view date) {
  constexpr std::size_t kLength = 10;
  if (date.size() != kLength) return {};
  const auto part = [&](std::size_t from, std::size_t length) {
    return std::string(date.substr(from, length));
  };
  std::string sortable;
  if (date[2] == '/' && date[5] == '/') sortable = part(6, 4) + part(0, 2) + part(3, 2);
  if (date[4] == '-' && date[7] == '-') sortable = part(0, 4) + part(5, 2) + part(8, 2);
  return AreDigits(sortable) ? sortable : std::string();
}

void SortFirmware(std::vector<Level>* levels) {
  const bool have_dates = std::all_of(levels->begin(), levels->end(), [](const Level& level) {
    return !SortableDate(level.date).empty();
  });
  std::sort(levels->begin(), levels->end(), [&](const Level& a, const Level& b) {
    const std::string left = have_dates ? SortableDate(a.date) : std::string();
    const std::string right = have_dates ? SortableDate(b.date) : std::string();
    if (left != right) return left < right;
    return a.version != b.version ? IsNaturallyBefore(a.version, b.version) : a.date < b.date;
  });
}

}  // namespace

std::vector<Level> FirmwareLevels(const std::vector<Machines>& machines) {
  std::map<std::string, std::map<std::pair<std::string, std::string>, std::size_t>> boards;
  for (const Machines& some : machines) {
    const Pattern& pattern = *some.pattern;
    boards[pattern.kin.board][{pattern.firmware, pattern.firmware_date}] += some.names.count();
  }
  std::vector<Level> all;
  for (const auto& [board, versions] : boards) {
    std::vector<Level> levels;
    for (const auto& [version, count] : versions) {
      levels.push_back({board, version.first, version.second, count});
    }
    SortFirmware(&levels);
    all.insert(all.end(), levels.begin(), levels.end());
  }
  return all;
}

std::vector<Level> MicrocodeLevels(const std::vector<Machines>& machines) {
  // One that can't be read as a number comes first.
  std::map<std::string, std::map<std::pair<std::uint64_t, std::string>, std::size_t>> signatures;
  for (const Machines& some : machines) {
    const Pattern& pattern = *some.pattern;
    auto& levels = signatures[pattern.kin.signature];
    if (pattern.microcode.empty()) levels[{0, {}}] += some.names.count();
    for (const std::string& revision : pattern.microcode) {
      const std::uint64_t number = ParsePrefixedHex<std::uint64_t>(revision).value_or(0);
      levels[{number, revision}] += some.names.count();
    }
  }
  std::vector<Level> all;
  for (const auto& [signature, levels] : signatures) {
    for (const auto& [revision, count] : levels) {
      all.push_back({signature, revision.second, {}, count});
    }
  }
  return all;
}

}  // namespace vtprobe::fleet
