// probes/profiles/FORMAT.md is what people write profiles by, so each profile
// that it shows must be one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/probes/profile.h"

namespace vtprobe {
namespace {

std::vector<std::string> Examples() {
  std::ifstream stream(VTPROBE_PROFILES "/FORMAT.md");
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  static constexpr std::string_view kOpen = "```toml\n";
  std::vector<std::string> examples;
  for (std::size_t at = 0; (at = text.find(kOpen, at)) != std::string::npos;) {
    const std::size_t start = at + kOpen.size();
    at = text.find("```", start);
    examples.push_back(text.substr(start, at - start));
  }
  return examples;
}

TEST(ProfileFormatMd, ShowsProfilesThatWorkWhenCopied) {
  const std::vector<std::string> examples = Examples();
  EXPECT_GE(examples.size(), 3u);
  for (const std::string& example : examples) {
    const auto profile = ParseProfile(example, "2026-11-22");
    EXPECT_TRUE(profile) << example << "line " << profile.error().line << ": "
                         << profile.error().message;
  }
}

}  // namespace
}  // namespace vtprobe
