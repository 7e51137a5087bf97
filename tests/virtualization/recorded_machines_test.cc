// Every recording at hand, judged by the engine and by the second program, which
// takes the raw values apart by itself.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "virtualization/oracle.h"
#include "virtualization/raw_machine.h"
#include "vtprobe/import/import.h"
#include "vtprobe/probes/virtualization.h"

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
// differences more would say the same. `states` gets those of the machines.
std::size_t JudgeTwice(const std::vector<fs::path>& files, std::set<State>* states) {
  oracle::Oracle oracle;
  std::size_t recordings = 0;
  int differing = 0;
  for (const fs::path& file : files) {
    const auto imported = import::Import(file);
    if (!imported) continue;
    ++recordings;
    states->insert(JudgeVirtualization(imported->snapshot).state);
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
  std::set<State> states;
  EXPECT_EQ(JudgeTwice(dumps, &states), dumps.size());
  for (const State state : kAllStates) EXPECT_EQ(states.count(state), 1u) << Name(state);
}

// What is in the folder and is no recording, a licence or a schema, is refused.
TEST(RecordedMachines, OfOtherProjectsAreJudgedAlikeByTheSecondProgram) {
  const char* const corpus = std::getenv("VTPROBE_CORPUS");
  if (corpus == nullptr) GTEST_SKIP() << "VTPROBE_CORPUS names no folder of recordings";
  std::set<State> states;
  const std::size_t recordings = JudgeTwice(FilesBelow(corpus), &states);
  RecordProperty("recordings", std::to_string(recordings));
  EXPECT_GT(recordings, 0u);
}

}  // namespace
}  // namespace vtprobe::raw
