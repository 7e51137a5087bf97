// Walks recorded-msr-dumps: each machine's folder is a test case, found at run
// time, so a machine is added by adding its folder.
//
// VTPROBE_DUMPS in the environment names another folder to walk.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "corpus/comparison.h"
#include "corpus/machine_folder.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::corpus {
namespace {

std::filesystem::path Root() {
  const char* const elsewhere = std::getenv("VTPROBE_DUMPS");
  return elsewhere != nullptr ? elsewhere : ShippedDumps();
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

TEST(RecordedMachines, AreThere) {
  EXPECT_FALSE(MachineFolders(Root()).empty()) << "no machine's folder in " << Root();
}

class RecordedMachine : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto loaded = LoadMachine(Root(), GetParam());
    ASSERT_TRUE(loaded) << GetParam() << ":\n" << Lines(loaded.error());
    machine_ = *std::move(loaded);
  }

  Machine machine_;
};

TEST_P(RecordedMachine, IsJudgedAsExpected) {
  const std::vector<std::string> differences = Differences(machine_);
  EXPECT_TRUE(differences.empty()) << GetParam() << " (" << machine_.manifest.title << "):\n"
                                   << Lines(differences) << "The whole answer:\n"
                                   << WholeAnswer(machine_);
}

TEST_P(RecordedMachine, SurvivesBeingWrittenAndRead) {
  const std::string written = WriteDump(machine_.snapshot);
  const auto read = ParseDump(written);
  ASSERT_TRUE(read) << GetParam() << ": line " << read.error().line << ", column "
                    << read.error().column << " of what was written: " << read.error().message
                    << '\n'
                    << written;
  EXPECT_TRUE(*read == machine_.snapshot) << GetParam() << ", written:\n" << written;
  EXPECT_EQ(WriteDump(*read), written) << GetParam();
}

std::string TestName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Shipped, RecordedMachine, testing::ValuesIn(MachineFolders(Root())),
                         TestName);

}  // namespace
}  // namespace vtprobe::corpus
