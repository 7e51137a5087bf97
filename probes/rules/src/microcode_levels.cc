#include "vtprobe/probes/microcode_levels.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>

namespace vtprobe {
namespace {

struct Bulletin {
  std::string_view name;
  std::string_view advisories;
  std::string_view source;
};

constexpr std::array kBulletins = {
#define VTPROBE_MICROCODE_DATE(date)
#define VTPROBE_MICROCODE_LEVEL(signature, platforms, level, bulletin)
#define VTPROBE_MICROCODE_BULLETIN(name, advisories, source) Bulletin{name, advisories, source},
// Made of microcode-levels.toml by CMakeLists.txt.
#include "generated/microcode_levels.def"
#undef VTPROBE_MICROCODE_BULLETIN
#undef VTPROBE_MICROCODE_LEVEL
};

// A name that is none does not compile.
consteval MicrocodeLevel Level(std::uint32_t signature, std::uint32_t platforms,
                               std::uint32_t level, std::string_view bulletin) {
  for (const Bulletin& known : kBulletins) {
    if (known.name == bulletin) {
      return {signature, platforms, level, known.advisories, known.source};
    }
  }
  throw std::logic_error("a level of a bulletin that is not listed");
}

constexpr std::array kLevels = {
#define VTPROBE_MICROCODE_LEVEL(signature, platforms, level, bulletin) \
  Level(signature, platforms, level, bulletin),
#define VTPROBE_MICROCODE_BULLETIN(name, advisories, source)
#include "generated/microcode_levels.def"
#undef VTPROBE_MICROCODE_LEVEL
#undef VTPROBE_MICROCODE_DATE
};

constexpr std::string_view kDate =
#define VTPROBE_MICROCODE_DATE(date) date
#define VTPROBE_MICROCODE_LEVEL(signature, platforms, level, bulletin)
#include "generated/microcode_levels.def"
#undef VTPROBE_MICROCODE_BULLETIN
#undef VTPROBE_MICROCODE_LEVEL
#undef VTPROBE_MICROCODE_DATE
    ;

constexpr auto kKey = [](const MicrocodeLevel& row) {
  return std::tuple(row.signature, row.platforms, row.level);
};

static_assert(std::ranges::is_sorted(kLevels, std::ranges::less_equal(), kKey),
              "levels stand out of order, or twice");

}  // namespace

std::span<const MicrocodeLevel> MicrocodeLevels() { return kLevels; }

std::span<const MicrocodeLevel> MicrocodeLevelsOf(std::uint32_t signature) {
  const auto is_before = [](const MicrocodeLevel& row, std::uint32_t wanted) {
    return row.signature < wanted;
  };
  const auto is_behind = [](std::uint32_t wanted, const MicrocodeLevel& row) {
    return wanted < row.signature;
  };
  const auto* const first = std::lower_bound(kLevels.begin(), kLevels.end(), signature, is_before);
  return {first, std::upper_bound(first, kLevels.end(), signature, is_behind)};
}

std::string_view MicrocodeLevelsDate() { return kDate; }

}  // namespace vtprobe
