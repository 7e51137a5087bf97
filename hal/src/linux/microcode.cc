#include "linux/microcode.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>

#include "linux/cpuinfo.h"
#include "linux/host_file.h"
#include "vtprobe/hal/hex.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe {
namespace {

// A revision is 32 bits wide, as in IA32_BIOS_SIGN_ID[63:32], and Linux writes it
// as "0x%x". [intel/sdm-vol4] table 2-2
std::optional<std::uint32_t> ParseRevision(std::string_view text) {
  return ParsePrefixedHex<std::uint32_t>(text);
}

}  // namespace

std::string ReadMicrocode(const std::filesystem::path& root, const CpuSet& online) {
  std::set<std::uint32_t> revisions;
  const std::filesystem::path cpus = root / "sys/devices/system/cpu";
  for (const LogicalCpu cpu : online.ToVector()) {
    const std::string folder = "cpu" + std::to_string(Number(cpu));
    const auto text = ReadAttribute(cpus / folder / "microcode/version");
    if (const auto revision = text ? ParseRevision(*text) : std::nullopt) {
      revisions.insert(*revision);
    }
  }
  if (revisions.empty()) {
    for (const std::string& text : ReadCpuinfoField(root, "microcode")) {
      if (const auto revision = ParseRevision(text)) revisions.insert(*revision);
    }
  }
  std::string list;
  for (const std::uint32_t revision : revisions) {
    if (!list.empty()) list += ", ";
    AppendHex(revision, &list);
  }
  return list;
}

}  // namespace vtprobe
