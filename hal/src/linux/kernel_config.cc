#include "linux/kernel_config.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "linux/gunzip.h"
#include "linux/host_file.h"
#include "linux/plain_text.h"

namespace vtprobe {
namespace {

// Distributions' configurations take about a quarter of a megabyte.
constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20;

constexpr std::string_view kLibraryHeading = "# Library routines";

struct Assignment {
  std::string_view option;
  std::string_view value;
};

bool IsOptionName(std::string_view name) {
  static constexpr std::string_view kPrefix = "CONFIG_";
  return name.size() > kPrefix.size() && name.starts_with(kPrefix) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

// Kconfig writes "CONFIG_X=value", and "# CONFIG_X is not set" for n.
std::optional<Assignment> ParseAssignment(std::string_view line) {
  static constexpr std::string_view kBefore = "# ";
  static constexpr std::string_view kAfter = " is not set";
  Assignment assignment{line.substr(0, line.find('=')), "n"};
  if (line.starts_with(kBefore) && line.ends_with(kAfter)) {
    assignment.option = line.substr(kBefore.size(), line.size() - kBefore.size() - kAfter.size());
  } else if (assignment.option.size() < line.size()) {
    assignment.value = line.substr(assignment.option.size() + 1);
  } else {
    return std::nullopt;
  }
  return IsOptionName(assignment.option) ? std::optional(assignment) : std::nullopt;
}

std::optional<KernelConfig> ReadPlain(const std::filesystem::path& path) {
  auto text = ReadWholeFile(path, kMaxConfigBytes);
  if (!text) return std::nullopt;
  return KernelConfig::Parse(*std::move(text));
}

std::optional<KernelConfig> ReadPacked(const std::filesystem::path& path) {
  const auto packed = ReadWholeFile(path, kMaxConfigBytes);
  if (!packed) return std::nullopt;
  auto text = Gunzip(*packed, kMaxConfigBytes);
  if (!text) return std::nullopt;
  return KernelConfig::Parse(*std::move(text));
}

}  // namespace

std::optional<KernelConfig> KernelConfig::Parse(std::string text) {
  bool any_setting = false;
  bool library_heading = false;
  std::string_view rest = text;
  while (const auto line = TakeLine(&rest)) {
    const bool setting = ParseAssignment(*line).has_value();
    const bool allowed = setting || line->empty() || line->starts_with('#');
    if (!allowed || !IsPlainText(*line)) return std::nullopt;
    any_setting = any_setting || setting;
    library_heading = library_heading || *line == kLibraryHeading;
  }
  if (!any_setting) return std::nullopt;
  const bool complete = library_heading && text.ends_with('\n');
  return KernelConfig(std::move(text), complete);
}

std::optional<char> KernelConfig::Setting(std::string_view option) const {
  std::string_view rest = text_;
  while (const auto line = TakeLine(&rest)) {
    const auto assignment = ParseAssignment(*line);
    if (!assignment || assignment->option != option) continue;
    const std::string_view value = assignment->value;
    const bool tristate = value == "y" || value == "m" || value == "n";
    return tristate ? std::optional(value.front()) : std::nullopt;
  }
  return complete_ ? std::optional('n') : std::nullopt;
}

std::optional<KernelConfig> ReadKernelConfig(const std::filesystem::path& root,
                                             const std::optional<std::string>& release) {
  auto best = ReadPacked(root / "proc/config.gz");
  if (!release) return best;
  const std::vector<std::filesystem::path> files = {
      root / "boot" / ("config-" + *release),
      root / "lib/modules" / *release / "config",
      root / "usr/lib/modules" / *release / "config",
  };
  for (const std::filesystem::path& file : files) {
    if (best && best->complete()) break;
    auto config = ReadPlain(file);
    if (config && (!best || config->complete())) best = std::move(config);
  }
  return best;
}

}  // namespace vtprobe
