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
  EXPECT_EQ(Vtprobe({"decode", "0x3a", "5"}, {.out_file = "/dev/full"}).exit_status, 74);
}

TEST_F(Output, ToAFolderThatIsNotThereLeavesNothing) {
  const Ended ended = Check({"-o", tree_.root() + "/none/report.txt"});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_THAT(ended.err, HasSubstr("/none/report.txt: No such file or directory"));
  EXPECT_THAT(Names(tree_.root()), IsEmpty());
}

TEST_F(Output, SaysWhereALinkLeadsThatLacksItsFolder) {
  const std::string root = tree_.root();
  std::filesystem::create_symlink("none/report.txt", root + "/report");
  std::filesystem::create_symlink("nowhere", root + "/folder");
  std::filesystem::create_symlink(".", root + "/here");
  const Ended file = Check({"-o", root + "/report"});
  EXPECT_EQ(file.exit_status, 74);
  EXPECT_THAT(file.err, HasSubstr("a link on the way leads to none/report.txt, and there is no "
                                  "none\n"));
  EXPECT_THAT(Check({"-o", root + "/folder/report"}).err,
              HasSubstr("a link on the way leads to nowhere, and there is no nowhere\n"));
  // What lacks is behind the link, and not its fault.
  EXPECT_THAT(Check({"-o", root + "/here/none/report.txt"}).err,
              HasSubstr("/here/none/report.txt: No such file or directory"));
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

TEST_F(Output, ToNoNameIsAMistakeOfTheCommandLine) { EXPECT_EQ(Check({"-o", ""}).exit_status, 64); }

TEST_F(Output, HasAsLongANameAsThereIs) {
  const std::string name(255, 'n');
  EXPECT_EQ(Check({"-o", tree_.root() + "/" + name}).exit_status, 1);
  EXPECT_THAT(Names(tree_.root()), ElementsAre(name));
  EXPECT_EQ(Check({"-o", tree_.root() + "/" + name}).exit_status, 1) << "and is replaced";
  EXPECT_THAT(Names(tree_.root()), ElementsAre(name));
}

TEST_F(Output, GoesWhereALinkLeadsThoughNothingIsThere) {
  const std::string link = tree_.root() + "/link";
  std::filesystem::create_symlink("report.txt", link);
  EXPECT_EQ(Check({"-o", link}).exit_status, 1);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(ContentOf(path_), report_);
}

TEST_F(Output, FollowsNoCircle) {
  std::filesystem::create_symlink("b", tree_.root() + "/a");
  std::filesystem::create_symlink("a", tree_.root() + "/b");
  EXPECT_EQ(Check({"-o", tree_.root() + "/a"}).exit_status, 74);
}

TEST_F(Output, IsNeverWiderThanUmaskLeaves) {
  tree_.Write("report.txt", 0, "old");
  ASSERT_EQ(::chmod(path_.c_str(), 0666), 0);
  const mode_t mask = ::umask(027);
  Check({"-o", path_});
  ::umask(mask);
  EXPECT_EQ(ModeOf(path_), 0640);
}

TEST_F(Output, OfARecordingHasTheModeThatIsAskedForLessUmask) {
  const mode_t mask = ::umask(022);
  const auto record = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"import", "-", "-o", path_});
    EXPECT_EQ(Vtprobe(arguments, {.input = std::string(kSmxOnly)}).exit_status, 0);
    return ModeOf(path_);
  };
  const mode_t by_default = ::geteuid() == 0 ? 0600 : 0644;
  EXPECT_EQ(record({}), by_default);
  EXPECT_EQ(record({"--mode", "0666"}), 0644);
  EXPECT_EQ(record({"--mode", "0640"}), 0640);
  EXPECT_EQ(record({}), ::geteuid() == 0 ? 0600 : 0640) << "never wider than it was";
  ::umask(mask);
  for (const char* const mode : {"", "0888", "rw", "0755", "1644", "-1"}) {
    EXPECT_EQ(
        Vtprobe({"import", "-", "--mode", mode}, {.input = std::string(kSmxOnly)}).exit_status, 64)
        << mode;
  }
}

// What another user put into a folder: only root can make such a place.
class OutputAsRoot : public Output {
 protected:
  static constexpr uid_t kOther = 12345;

  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "files of another user can be made as root only";
    Folder("home", 0755, kOther);
    Folder("shared", 01777, 0);
    Folder("open", 0777, 0);
    tree_.Write("victim", 0, "old");
    ASSERT_EQ(::chmod((tree_.root()).c_str(), 0755), 0);
  }
  void Folder(const std::string& name, mode_t mode, uid_t owner) {
    const std::string path = tree_.root() + "/" + name;
    ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    ASSERT_EQ(::chown(path.c_str(), owner, owner), 0);
  }
  std::string Link(const std::string& name, const std::string& target) {
    std::string path = tree_.root() + "/" + name;
    std::filesystem::create_symlink(target, path);
    EXPECT_EQ(::lchown(path.c_str(), kOther, kOther), 0);
    return path;
  }
  std::string File(const std::string& name, mode_t mode) {
    tree_.Write(name, 0, "theirs");
    std::string path = tree_.root() + "/" + name;
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    EXPECT_EQ(::chown(path.c_str(), kOther, kOther), 0);
    return path;
  }
  void ExpectRefused(const std::string& path) {
    const Ended ended = Check({"-o", path});
    EXPECT_EQ(ended.exit_status, 74) << path;
    EXPECT_THAT(ended.err, HasSubstr("another user")) << path;
  }
};

TEST_F(OutputAsRoot, FollowsNoLinkOfAnotherUserToWhatIsNotTheirs) {
  for (const std::string folder : {"shared", "open", "home"}) {
    ExpectRefused(Link(folder + "/link", "../victim"));
    ExpectRefused(Link(folder + "/dangling", "../new"));
    ExpectRefused(Link(folder + "/folder", "..") + "/victim");
    ExpectRefused(Link(folder + "/device", "/dev/null"));
  }
  EXPECT_EQ(ContentOf(tree_.root() + "/victim"), "old");
  EXPECT_FALSE(std::filesystem::exists(tree_.root() + "/new"));
}

TEST_F(OutputAsRoot, FollowsAUsersLinkToTheirOwn) {
  const std::string file = File("home/file", 0644);
  EXPECT_EQ(Check({"-o", Link("home/link", "file")}).exit_status, 1);
  EXPECT_EQ(ContentOf(file), report_);
}

TEST_F(OutputAsRoot, RefusesAnothersFileWhereEverybodyMayPutOne) {
  ExpectRefused(File("shared/file", 0666));
  ExpectRefused(File("open/file", 0666));
  Folder("group", 0770, 0);
  ExpectRefused(File("group/file", 0666));
  EXPECT_EQ(ContentOf(tree_.root() + "/shared/file"), "theirs");
}

TEST_F(OutputAsRoot, LeavesAFileItsOwner) {
  const std::string file = File("home/file", 0666);
  const mode_t mask = ::umask(022);
  EXPECT_EQ(Check({"-o", file}).exit_status, 1);
  ::umask(mask);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kOther);
  EXPECT_EQ(status.st_gid, kOther);
  EXPECT_EQ(status.st_mode & 07777u, 0644u);
  EXPECT_EQ(ContentOf(file), report_);
}

TEST_F(OutputAsRoot, MayBeNewInAnyFolder) {
  for (const char* const folder : {"shared", "open", "home"}) {
    EXPECT_EQ(Check({"-o", tree_.root() + "/" + folder + "/new"}).exit_status, 1) << folder;
  }
}

TEST_F(Output, IsNotTouchedByAnInputThatIsMalformed) {
  tree_.Write("report.txt", 0, "old");
  const Ended ended = Vtprobe({"--replay", "-", "-o", path_}, {.input = "no dump"});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_EQ(ContentOf(path_), "old");
}

}  // namespace
}  // namespace vtprobe
