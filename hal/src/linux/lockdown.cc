#include "linux/lockdown.h"

#include <array>
#include <string_view>

#include "linux/host_file.h"

namespace vtprobe {

// The kernel lists all levels and brackets the one in force:
// "none [integrity] confidentiality".
std::string ReadLockdown(const std::filesystem::path& root) {
  static constexpr std::array<std::string_view, 3> kLevels = {"none", "integrity",
                                                              "confidentiality"};
  const auto text = ReadAttribute(root / "sys/kernel/security/lockdown");
  if (!text) return {};
  const std::size_t open = text->find('[');
  const std::size_t close = text->find(']');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  std::string word = text->substr(open + 1, close - open - 1);
  for (const std::string_view level : kLevels) {
    if (word == level) return word;
  }
  return {};
}

}  // namespace vtprobe
