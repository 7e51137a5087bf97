// Where answers go, and what happens when they can't: status 74, and a file
// that is the old one or the whole new one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/dumps.h"
#include "cli/process.h"
#include "hal/temp_tree.h"

namespace vtprobe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Names(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename());
  }
  return names;
}

mode_t ModeOf(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

class Output : public testing::Test {
 protected:
  Ended Check(std::vector<std::string> more, Surroundings around = {}) const {
    std::vector<std::string> arguments = {"--replay", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    around.input = kSmxOnly;
    return Vtprobe(arguments, around);
  }

  TempTree tree_;
  const std::string path_ = tree_.root() + "/report.txt";
  const std::string report_ = Check({}).out;
};

TEST_F(Output, GoesToAFileWholeAndAlone) {
  const Ended ended = Check({"-o", path_});
  EXPECT_EQ(ended.exit_status, 1) << "the answer's own status";
  EXPECT_THAT(ended.out, IsEmpty());
  EXPECT_EQ(ContentOf(path_), report_);
  EXPECT_THAT(Names(tree_.root()), ElementsAre("report.txt"));
}

TEST_F(Output, HasTheModeThatAnyNewFileHas) {
  const mode_t mask = ::umask(027);
  Check({"-o", path_});
  ::umask(mask);
  EXPECT_EQ(ModeOf(path_), 0640);
}

TEST_F(Output, ReplacesAFileAndKeepsItsMode) {
  tree_.Write("report.txt", 0, std::string(100'000, 'x'));
  ASSERT_EQ(::chmod(path_.c_str(), 0604), 0);
  Check({"-o", path_});
  EXPECT_EQ(ContentOf(path_), report_);
  EXPECT_EQ(ModeOf(path_), 0604);
}

TEST_F(Output, ReplacesTheFileThatALinkLeadsTo) {
  tree_.Write("report.txt", 0, "old");
  const std::string link = tree_.root() + "/link";
  std::filesystem::create_symlink("report.txt", link);
  Check({"-o", link});
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(ContentOf(path_), report_);
}

TEST_F(Output, ToADashIsStandardOutput) { EXPECT_EQ(Check({"-o", "-"}).out, report_); }

TEST_F(Output, ToADeviceIsWrittenAsItIs) {
  EXPECT_EQ(Check({"-o", "/dev/stdout"}).out, report_);
  EXPECT_EQ(Check({"-o", "/dev/stderr"}).err, report_);
  EXPECT_EQ(Check({"-o", "/dev/null"}).exit_status, 1);
}

TEST_F(Output, ToStandardOutputByNameLeavesWhatOthersWroteThere) {
  tree_.Write("log", 0, "before\n");
  const std::string log = tree_.root() + "/log";
  Check({"-o", "/dev/stdout"}, {.out_file = log});
  EXPECT_EQ(ContentOf(log), "before\n" + report_);
}

TEST_F(Output, ThatFindsNoRoomFails) {
  const Ended ended = Check({}, {.out_file = "/dev/full"});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_EQ(ended.err, "vtprobe: can't write standard output: No space left on device\n");
  EXPECT_EQ(Check({"-o", "/dev/full"}).exit_status, 74);
}

TEST_F(Output, ThatHasNowhereToGoFails) {
  const Ended ended = Check({}, {.out_closed = true});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_THAT(ended.err, HasSubstr("Bad file descriptor"));
}

TEST_F(Output, OfHelpAndVersionFailsTheSameWay) {
  EXPECT_EQ(Vtprobe({"--help"}, {.out_file = "/dev/full"}).exit_status, 74);
  EXPECT_EQ(Vtprobe({"--version"}, {.out_file = "/dev/full"}).exit_status, 74);
  EXPECT_EQ(Vtprobe({"record", "-q"}, {.out_file = "/dev/full"}).exit_status, 74);
  EXPECT_EQ(Vtprobe({"decode", "0x3a", "5"}, {.out_file = "/dev/full"}).exit_status, 74);
}

TEST_F(Output, ToAFolderThatIsNotThereLeavesNothing) {
  const Ended ended = Check({"-o", tree_.root() + "/none/report.txt"});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_THAT(ended.err, HasSubstr("/none/report.txt: No such file or directory"));
  EXPECT_THAT(Names(tree_.root()), IsEmpty());
}

TEST_F(Output, ToAFileThatMayNotBeWrittenFails) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write every file";
  tree_.Write("report.txt", 0, "old");
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  EXPECT_EQ(Check({"-o", path_}).exit_status, 74);
  EXPECT_EQ(ContentOf(path_), "old");
}

TEST_F(Output, ToADirectoryFails) {
  const Ended ended = Check({"-o", tree_.root()});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_THAT(ended.err, HasSubstr("Is a directory"));
}

// The size limit stands for a full disk: the write fails on its way.
TEST_F(Output, ThatFailsOnItsWayLeavesTheOldFile) {
  tree_.Write("report.txt", 0, "old");
  const Ended ended = Check({"-o", path_, "--format", "json"}, {.largest_file = std::size_t{1024}});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_EQ(ContentOf(path_), "old");
  EXPECT_THAT(Names(tree_.root()), ElementsAre("report.txt")) << "nothing is left beside it";
}

TEST_F(Output, IsNotTouchedByAnInputThatIsMalformed) {
  tree_.Write("report.txt", 0, "old");
  const Ended ended = Vtprobe({"--replay", "-", "-o", path_}, {.input = "no dump"});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_EQ(ContentOf(path_), "old");
}

}  // namespace
}  // namespace vtprobe
