// Every recording at hand, judged by the engine and by the second program, which
// takes the raw values apart by itself.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "virtualization/oracle.h"
#include "virtualization/raw_machine.h"
#include "vtprobe/import/import.h"

namespace vtprobe::raw {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> FilesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// How many of the files are recordings; each of those is judged twice. After ten
// differences more would say the same.
std::size_t JudgeTwice(const std::vector<fs::path>& files) {
  oracle::Oracle oracle;
  std::size_t recordings = 0;
  int differing = 0;
  for (const fs::path& file : files) {
    const auto imported = import::Import(file);
    if (!imported) continue;
    ++recordings;
    const std::string differences = DifferenceFromOracle(imported->snapshot, &oracle);
    EXPECT_EQ(differences, "") << file;
    if (!differences.empty() && ++differing == 10) break;
  }
  return recordings;
}

TEST(RecordedMachines, AreJudgedAlikeByTheSecondProgram) {
  std::vector<fs::path> dumps = FilesBelow(VTPROBE_SHIPPED_DUMPS);
  std::erase_if(dumps, [](const fs::path& path) { return path.extension() != ".dump"; });
  ASSERT_FALSE(dumps.empty());
  EXPECT_EQ(JudgeTwice(dumps), dumps.size());
}

// What is in the folder and is no recording, a licence or a schema, is refused.
TEST(RecordedMachines, OfOtherProjectsAreJudgedAlikeByTheSecondProgram) {
  const char* const corpus = std::getenv("VTPROBE_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "VTPROBE_CORPUS names no folder of recordings";
  const std::size_t recordings = JudgeTwice(FilesBelow(corpus));
  RecordProperty("recordings", std::to_string(recordings));
  EXPECT_GT(recordings, 0u);
}

}  // namespace
}  // namespace vtprobe::raw
