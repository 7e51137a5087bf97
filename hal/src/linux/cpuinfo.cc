#include "linux/cpuinfo.h"

#include "linux/host_file.h"
#include "linux/plain_text.h"

namespace vtprobe {
namespace {

// About 1,600 bytes a CPU, and Linux on x86 supports 8,192 CPUs.
constexpr std::size_t kMaxCpuinfoBytes = std::size_t{16} << 20;

}  // namespace

std::vector<std::string> ReadCpuinfoField(const std::filesystem::path& root,
                                          std::string_view field) {
  std::vector<std::string> values;
  const auto cpuinfo = ReadWholeFile(root / "proc/cpuinfo", kMaxCpuinfoBytes);
  if (!cpuinfo) return values;
  std::string_view rest = *cpuinfo;
  while (const auto line = TakeLine(&rest)) {
    const std::size_t colon = line->find(':');
    if (colon == std::string_view::npos || Trimmed(line->substr(0, colon)) != field) continue;
    values.emplace_back(Trimmed(line->substr(colon + 1)));
  }
  return values;
}

}  // namespace vtprobe
