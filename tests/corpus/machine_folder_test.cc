// The corpus is only as good as what it refuses: each of these folders has one
// thing wrong with it.

#include "corpus/machine_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "corpus/comparison.h"

namespace vtprobe::corpus {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

constexpr std::string_view kDump = R"(vtprobe-dump 1
meta provenance = synthetic
meta source = here
cpu 0-1
cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69
cpuid 0x1.0x0 = 0x506e3 - 0x7ffafbff 0xbfebfbff
msr 0x3a = 0x1
)";

constexpr std::string_view kManifest = R"(title = "t"
vendor = "Intel"
source = "here"
how = "synthetic"
licence = "Apache-2.0"
known = "k"
)";

constexpr std::string_view kExpected = R"(state = "disabled_locked"
usable = "no"
attribution = "unknown"
technology = "vt-x"
exit_code = 1

[[groups]]
cpus = "0-1"
state = "disabled_locked"

[[findings]]
rule = "virtualization.usable"
outcome = "fail"
cpus = "0-1"
)";

class MachineFolder : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("machine-folder-test-" + std::to_string(::getpid()));
    fs::remove_all(root_);
    fs::create_directories(root_ / "synthetic/a-machine");
    Write("machine.dump", kDump);
    Write("manifest.toml", kManifest);
    Write("expected.toml", kExpected);
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(std::string_view file, std::string_view text) {
    std::ofstream(root_ / "synthetic/a-machine" / file) << text;
  }
  void Replace(std::string_view file, std::string_view all, std::string_view old,
               std::string_view with) {
    std::string text(all);
    text.replace(text.find(old), old.size(), with);
    Write(file, text);
  }
  void Remove(std::string_view file) { fs::remove(root_ / "synthetic/a-machine" / file); }

  tl::expected<Machine, Problems> Load() { return LoadMachine(root_, "synthetic/a-machine"); }
  Problems LoadProblems() {
    auto loaded = Load();
    return loaded ? Problems() : loaded.error();
  }

  fs::path root_;
};

TEST_F(MachineFolder, IsFound) {
  EXPECT_THAT(MachineFolders(root_), ElementsAre("synthetic/a-machine"));
}

TEST_F(MachineFolder, IsFoundEvenIfEmpty) {
  fs::create_directories(root_ / "intel/nothing-yet");
  EXPECT_THAT(MachineFolders(root_), ElementsAre("intel/nothing-yet", "synthetic/a-machine"));
}

TEST_F(MachineFolder, LoadsAndIsJudgedAsExpected) {
  const auto machine = Load();
  ASSERT_TRUE(machine) << testing::PrintToString(machine.error());
  EXPECT_THAT(Differences(*machine), IsEmpty());
}

TEST_F(MachineFolder, NeedsItsDump) {
  Remove("machine.dump");
  EXPECT_THAT(LoadProblems(), ElementsAre("machine.dump is missing"));
}

TEST_F(MachineFolder, NeedsItsManifest) {
  Remove("manifest.toml");
  EXPECT_THAT(LoadProblems(), ElementsAre("manifest.toml is missing"));
}

TEST_F(MachineFolder, NeedsItsExpectation) {
  Remove("expected.toml");
  EXPECT_THAT(LoadProblems(), ElementsAre("expected.toml is missing"));
}

TEST_F(MachineFolder, HoldsNothingElse) {
  Write("expectd.toml", kExpected);
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("expectd.toml does not belong")));
}

TEST_F(MachineFolder, NeedsAWellFormedDump) {
  Write("machine.dump", "vtprobe-dump 1\ncpu 0\nmsr 58 = 0x1\n");
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("machine.dump:3:5: ")));
}

// The machine with CPU 1 switched on, and the plain one as its base.
class MachineFolderWithABase : public MachineFolder {
 protected:
  void SetUp() override {
    MachineFolder::SetUp();
    fs::rename(root_ / "synthetic/a-machine", root_ / "synthetic/plain");
    fs::create_directories(root_ / "synthetic/a-machine");
    Write("machine.dump", "vtprobe-difference 1\ncpu 1\nmsr 0x3a = 0x5\n");
    Write("manifest.toml", std::string(kManifest) + "base = \"synthetic/plain\"\n");
    Write("expected.toml", kExpected);
  }
};

TEST_F(MachineFolderWithABase, IsAWholeMachine) {
  const auto machine = Load();
  ASSERT_TRUE(machine) << testing::PrintToString(machine.error());
  EXPECT_EQ(machine->snapshot.Msr(LogicalCpu{0}, MsrAddress{0x3a}), MsrReading(0x1));
  EXPECT_EQ(machine->snapshot.Msr(LogicalCpu{1}, MsrAddress{0x3a}), MsrReading(0x5));
  EXPECT_EQ(machine->snapshot.metadata().Get("source"), "here");
}

TEST_F(MachineFolderWithABase, NamesTheLineThatRepeatsItsBase) {
  Write("machine.dump", "vtprobe-difference 1\ncpu 1\nmsr 0x3a = 0x1\n");
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("machine.dump:3:5: the base says the same")));
}

TEST_F(MachineFolderWithABase, IsNoneIfTheDumpIsWhole) {
  Write("machine.dump", kDump);
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("a manifest names a base if and only if")));
}

TEST_F(MachineFolderWithABase, ABaseThatIsMissingIsNamed) {
  fs::remove_all(root_ / "synthetic/plain");
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("synthetic/plain/machine.dump can't be read")));
}

TEST_F(MachineFolder, NeedsWellFormedToml) {
  Write("manifest.toml", "title = \n");
  EXPECT_THAT(LoadProblems(), Contains(HasSubstr("manifest.toml:1:")));
}

TEST_F(MachineFolder, RefusesAnUnknownManifestKey) {
  Write("manifest.toml", std::string(kManifest) + "autor = \"me\"\n");
  EXPECT_THAT(LoadProblems(), ElementsAre("manifest.toml:7: autor is no key of this file"));
}

TEST_F(MachineFolder, RefusesAManifestThatLacksAKey) {
  Replace("manifest.toml", kManifest, "known = \"k\"\n", "");
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("known is missing")));
}

TEST_F(MachineFolder, RefusesAnUnknownExpectedKey) {
  Replace("expected.toml", kExpected, "exit_code = 1", "exit_code = 1\nexit = 1");
  EXPECT_THAT(LoadProblems(), ElementsAre("expected.toml:6: exit is no key of this file"));
}

TEST_F(MachineFolder, RefusesAnUnknownGroupKey) {
  Replace("expected.toml", kExpected, "[[groups]]", "[[groups]]\nusable = \"no\"");
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("usable is no key of this file")));
}

TEST_F(MachineFolder, RefusesAnotherType) {
  Replace("expected.toml", kExpected, "exit_code = 1", "exit_code = \"1\"");
  EXPECT_THAT(LoadProblems(), ElementsAre("expected.toml:5: exit_code is not an integer"));
}

TEST_F(MachineFolder, RefusesAFindingWithoutCpus) {
  Replace("expected.toml", kExpected, "outcome = \"fail\"\ncpus = \"0-1\"", "outcome = \"fail\"");
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("cpus is missing")));
}

TEST_F(MachineFolder, RefusesAFilledInDumpThatClaimsToBeRecorded) {
  Replace("machine.dump", kDump, "synthetic", "recorded");
  EXPECT_THAT(LoadProblems(), ElementsAre(HasSubstr("provenance \"recorded\"")));
}

TEST_F(MachineFolder, RefusesASourceThatDiffers) {
  Replace("machine.dump", kDump, "here", "elsewhere");
  EXPECT_THAT(LoadProblems(), ElementsAre("the dump's source and the manifest's differ"));
}

TEST_F(MachineFolder, RefusesAnotherVendorsFolder) {
  fs::create_directories(root_ / "amd");
  fs::rename(root_ / "synthetic/a-machine", root_ / "amd/a-machine");
  const auto loaded = LoadMachine(root_, "amd/a-machine");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error(), Contains(HasSubstr("does not go with the folder amd")));
}

TEST_F(MachineFolder, NoticesAWrongState) {
  Replace("expected.toml", kExpected, "state = \"disabled_locked\"", "state = \"enabled\"");
  EXPECT_THAT(Differences(Load().value()),
              ElementsAre("state: expected enabled, found disabled_locked"));
}

TEST_F(MachineFolder, NoticesAFindingThatIsNotListed) {
  Replace("expected.toml", kExpected,
          "[[findings]]\nrule = \"virtualization.usable\"\noutcome = \"fail\"\ncpus = \"0-1\"\n",
          "");
  EXPECT_THAT(Differences(Load().value()),
              ElementsAre("finding found, not expected: CPUs 0-1 virtualization.usable fail"));
}

TEST_F(MachineFolder, NoticesAFindingListedInVain) {
  Write("expected.toml", std::string(kExpected) +
                             "\n[[findings]]\nrule = \"uniform.microcode\"\noutcome = \"warn\"\n"
                             "cpus = \"1\"\n");
  EXPECT_THAT(Differences(Load().value()),
              ElementsAre("finding expected, not found: CPUs 1 uniform.microcode warn"));
}

TEST_F(MachineFolder, NoticesAWrongGroup) {
  Replace("expected.toml", kExpected, "[[groups]]\ncpus = \"0-1\"", "[[groups]]\ncpus = \"0\"");
  EXPECT_THAT(Differences(Load().value()),
              ElementsAre("group expected, not found: CPUs 0 disabled_locked",
                          "group found, not expected: CPUs 0-1 disabled_locked"));
}

TEST_F(MachineFolder, NoticesWordsThatMustNotBeSaid) {
  Write("expected.toml", "never_says = [\"0-1\"]\n" + std::string(kExpected));
  EXPECT_THAT(Differences(Load().value()), IsEmpty());
  Write("expected.toml", "never_says = [\"vt-x\"]\n" + std::string(kExpected));
  EXPECT_THAT(Differences(Load().value()), ElementsAre("must not say: vt-x"));
}

TEST_F(MachineFolder, NoticesWordsThatAreMissing) {
  Write("expected.toml", "says = [\"perpetuum mobile\"]\n" + std::string(kExpected));
  EXPECT_THAT(Differences(Load().value()), ElementsAre("never says: perpetuum mobile"));
}

}  // namespace
}  // namespace vtprobe::corpus
