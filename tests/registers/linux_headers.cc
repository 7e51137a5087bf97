#include "registers/linux_headers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <set>
#include <utility>

namespace vtprobe {

namespace fs = std::filesystem;

std::optional<fs::path> LinuxHeadersFolder() {
  if (const char* const named = std::getenv("VTPROBE_LINUX_HEADERS")) return fs::path(named);
  std::set<fs::path> found;
  std::error_code none;
  for (const fs::directory_entry& kernel : fs::directory_iterator("/usr/src", none)) {
    fs::path folder = kernel.path() / "arch/x86/include/asm";
    if (fs::exists(folder / "msr-index.h", none)) found.insert(std::move(folder));
  }
  if (found.empty()) return std::nullopt;
  return *found.rbegin();
}

std::vector<std::string> LinesOf(const fs::path& file) {
  std::ifstream in(file);
  EXPECT_TRUE(in) << file;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string BareName(std::string_view name) {
  std::string bare;
  for (const char c : name) {
    if (c != '_') bare += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  for (const std::string_view prefix : {"MSR", "IA32", "AMD64", "K8", "K7"}) {
    if (bare.starts_with(prefix) && bare.size() > prefix.size()) bare.erase(0, prefix.size());
  }
  return bare;
}

bool NamesAgree(std::string_view ours, const std::vector<std::string>& theirs,
                const std::optional<std::string>& argued) {
  return std::any_of(theirs.begin(), theirs.end(), [&](const std::string& name) {
    return argued ? name == *argued : BareName(name) == BareName(ours);
  });
}

}  // namespace vtprobe
