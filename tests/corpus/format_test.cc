// FORMAT.md is what people write recordings by, so what it shows must be so.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/machine_folder.h"
#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/metadata.h"

namespace vtprobe::corpus {
namespace {

using testing::HasSubstr;

std::string FormatMd() {
  std::ifstream stream(ShippedDumps() / "FORMAT.md");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The fenced blocks that are whole recordings.
std::vector<std::string> Examples(const std::string& text) {
  static constexpr std::string_view kOpen = "```\nvtprobe-dump";
  std::vector<std::string> examples;
  for (std::size_t at = 0; (at = text.find(kOpen, at)) != std::string::npos;) {
    const std::size_t start = text.find('\n', at) + 1;
    at = text.find("```", start);
    examples.push_back(text.substr(start, at - start));
  }
  return examples;
}

TEST(FormatMd, ShowsRecordingsThatCanBeRead) {
  const std::vector<std::string> examples = Examples(FormatMd());
  EXPECT_GE(examples.size(), 2u);
  for (const std::string& example : examples) {
    const auto snapshot = ParseDump(example);
    EXPECT_TRUE(snapshot) << example << "line " << snapshot.error().line << ": "
                          << snapshot.error().message;
  }
}

// The machine that is shown is one of those that there are, which are judged.
TEST(FormatMd, ShowsAMachineWithABase) {
  std::ifstream stream(ShippedDumps() /
                       "synthetic/server-intel-debug-unlocked-on-one/machine.dump");
  const std::string shown{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  EXPECT_TRUE(IsDumpDifference(shown));
  EXPECT_THAT(FormatMd(), HasSubstr("```\n" + shown + "```"));
}

TEST(FormatMd, NamesEveryAccessError) {
  const std::string text = FormatMd();
  for (const AccessCode code : kAllAccessCodes) {
    EXPECT_THAT(text, HasSubstr("\n| `" + std::string(Name(code)) + "` |"));
    EXPECT_THAT(text, HasSubstr('"' + std::string(Name(code)) + '"'));
  }
}

TEST(FormatMd, NamesEveryKeyThatHasAMeaning) {
  const std::string text = FormatMd();
  for (const std::string_view key :
       {meta::kProvenance, meta::kStage, meta::kSource, meta::kTool, meta::kTime, meta::kKernel,
        meta::kKvmIntel, meta::kMeasuredLaunch, meta::kHypervisor, meta::kFirmwareVendor,
        meta::kFirmwareVersion, meta::kFirmwareDate, meta::kBoard, meta::kMicrocode,
        meta::kLockdown, meta::kLicence}) {
    EXPECT_THAT(text, HasSubstr('`' + std::string(key) + '`'));
  }
}

}  // namespace
}  // namespace vtprobe::corpus
