// What a suite asks of a machine that was made up, and what it answers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "hal/temp_tree.h"
#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/hwtest/hardware_test.h"

namespace vtprobe::hwtest {
namespace {

using fixtures::PlatformBuilder;
using testing::AllOf;
using testing::HasSubstr;

// Of the test of that name; fails the test where there is none.
Answer AnswerTo(const Machine& machine, const std::string& name) {
  for (const HardwareTest& test : TestsOf(machine)) {
    if (test.suite + "." + test.name == name) return test.run();
  }
  ADD_FAILURE() << "there is no test " << name;
  return {};
}

TEST(TestsOf, PassWhereTheRuleDoes) {
  const Machine machine = Machine::Of(PlatformBuilder::Intel().Cpus(4).FeatureControl(0x5));
  EXPECT_EQ(AnswerTo(machine, "Rules/virtualization.usable").verdict, Verdict::kPassed);
}

// As good as the command's: the answer, the CPUs, the register.
TEST(TestsOf, SayWhatIsWrongAndWhere) {
  const Machine machine =
      Machine::Of(PlatformBuilder::Intel().Cpus(4).FeatureControl(0x5).SwitchedOff("2"));
  const Answer answer = AnswerTo(machine, "Rules/virtualization.usable");
  EXPECT_EQ(answer.verdict, Verdict::kFailed);
  EXPECT_THAT(answer.text, AllOf(HasSubstr(machine.report().headline), HasSubstr("CPU 2"),
                                 HasSubstr("IA32_FEATURE_CONTROL (0x3a) = 0x1")));
}

TEST(TestsOf, FailWhereItIsNotKnownAndCounts) {
  const Machine machine =
      Machine::Of(PlatformBuilder::Intel().Cpus(2).Unreadable(AccessCode::kPermissionDenied));
  const Answer answer = AnswerTo(machine, "Rules/virtualization.usable");
  EXPECT_EQ(answer.verdict, Verdict::kFailed);
  EXPECT_THAT(answer.text, HasSubstr("It can't be determined."));
}

TEST(TestsOf, SkipWhatDoesNotApplyWithItsReason) {
  const Machine machine = Machine::Of(PlatformBuilder::Amd().Cpus(2));
  const Answer answer = AnswerTo(machine, "Rules/intel.smrr.enabled");
  EXPECT_EQ(answer.verdict, Verdict::kSkipped);
  EXPECT_THAT(answer.text, HasSubstr("not_applicable"));
}

TEST(TestsOf, HaveEachNameOnceAndNoneOfThisMachineForARecording) {
  const Machine machine = Machine::Of(PlatformBuilder::Intel().Cpus(2));
  std::set<std::string> names;
  for (const HardwareTest& test : TestsOf(machine)) {
    EXPECT_TRUE(names.insert(test.suite + "." + test.name).second) << test.name;
    EXPECT_TRUE(test.suite.starts_with("Rules/")) << test.suite;
  }
  EXPECT_GT(names.size(), 50u);
}

struct Wrong {
  Options options;
  int status;
  std::string said;
};

TEST(Machine, IsNotOpenedWhereItCannotBeRead) {
  TempTree tree;
  tree.Write("machine.dump", 0, "vtprobe-dump 1\ncpu 0-7\nmsr 0x3a == 0x5\n");
  tree.Write("good.dump", 0, "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n");
  tree.Write("profile.toml", 0, "title = 3\n");
  const auto at = [&](const std::string& name) { return tree.root() + "/" + name; };
  for (const Wrong& wrong :
       {Wrong{{.replay = {at("none.dump")}, .profile = {}}, 66, "none.dump"},
        Wrong{{.replay = {at("machine.dump")}, .profile = {}}, 65, "machine.dump:3:"},
        Wrong{{.replay = {at("good.dump")}, .profile = "kvm-hots"}, 64, "kvm-host"},
        Wrong{{.replay = {at("good.dump")}, .profile = at("none.toml")}, 66, "none.toml"},
        Wrong{
            {.replay = {at("good.dump")}, .profile = at("profile.toml")}, 65, "profile.toml:1:"}}) {
    const auto machine = Machine::Open(wrong.options);
    ASSERT_FALSE(machine) << wrong.said;
    EXPECT_EQ(machine.error().exit_status, wrong.status) << machine.error().message;
    EXPECT_THAT(machine.error().message, HasSubstr(wrong.said));
  }
}

TEST(Machine, IsJudgedByTheProfile) {
  TempTree tree;
  tree.Write("machine.dump", 0, "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n");
  const auto machine =
      Machine::Open({.replay = {tree.root() + "/machine.dump"}, .profile = "kvm-host"});
  ASSERT_TRUE(machine) << machine.error().message;
  EXPECT_FALSE(machine->is_live());
  ASSERT_TRUE(machine->report().profile);
  EXPECT_EQ(machine->report().profile->name, "kvm-host");
}

}  // namespace
}  // namespace vtprobe::hwtest
