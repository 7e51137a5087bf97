// Locks that were held against a write, in words and as JSON.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "vtprobe/report/locks.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

LockGroup Group(std::string cpus, std::string outcome, std::string after = {}) {
  return {.name = "IA32_FEATURE_CONTROL",
          .address = "0x3a",
          .cpus = *CpuSet::Parse(cpus),
          .outcome = std::move(outcome),
          .before = "0x5",
          .after = std::move(after)};
}

LockReport Of(std::vector<LockGroup> groups) {
  return {std::move(groups), {{"VM_CR", "once locked it ignores a write without a fault"}}};
}

std::string Text(const LockReport& report) { return RenderLocksText(report, {}); }

TEST(LocksText, SaysThatTheyHold) {
  const LockReport report = Of({Group("0-7", "holds", "0x5")});
  EXPECT_EQ(ExitCode(report), 0);
  EXPECT_THAT(Text(report), StartsWith("Locks hold: the CPU refused to write IA32_FEATURE_CONTROL "
                                       "on CPUs 0-7.\n"));
  EXPECT_THAT(Text(report), HasSubstr("the CPU refused the write; before 0x5,"));
  EXPECT_THAT(Text(report), HasSubstr("VM_CR: once locked it ignores"));
}

struct Failing {
  const char* outcome;
  const char* begins;
};

class LocksThatFail : public testing::TestWithParam<Failing> {};

// One CPU of many is enough, whatever is not known of others.
TEST_P(LocksThatFail, AreNamedByCpu) {
  const LockReport report = Of({Group("0-6", "holds", "0x5"), Group("7", GetParam().outcome),
                                Group("8", "not_read"), Group("9", "not_written", "0x5")});
  EXPECT_EQ(ExitCode(report), 1);
  EXPECT_THAT(Text(report), StartsWith(GetParam().begins));
}

INSTANTIATE_TEST_SUITE_P(
    Outcomes, LocksThatFail,
    testing::Values(Failing{"does_not_hold",
                            "A lock does NOT hold: IA32_FEATURE_CONTROL on CPU 7 took a write."},
                    Failing{"not_locked", "NOT locked: IA32_FEATURE_CONTROL on CPU 7; nothing"},
                    Failing{"changed", "STOPPED: IA32_FEATURE_CONTROL on CPU 7 changed"}),
    [](const auto& tested) { return std::string(tested.param.outcome); });

TEST(LocksText, KnowsNothingWhereOneCpuIsNotKnown) {
  const LockReport kernel = Of({Group("0", "holds", "0x5"), Group("1", "not_written", "0x5")});
  EXPECT_EQ(ExitCode(kernel), 2);
  EXPECT_THAT(Text(kernel), StartsWith("Cannot tell: the kernel refuses to write registers"));
  const LockReport unread = Of({Group("0", "holds", "0x5"), Group("1", "not_read")});
  EXPECT_EQ(ExitCode(unread), 2);
  EXPECT_THAT(Text(unread), HasSubstr("modprobe msr"));
}

// A lock that was asked is enough: not every CPU has every register.
TEST(LocksText, PassesOverRegistersThatAreNotThere) {
  EXPECT_EQ(ExitCode(Of({Group("0-1", "holds", "0x5"), Group("0-1", "not_there")})), 0);
  EXPECT_EQ(ExitCode(Of({Group("0-1", "not_there")})), 2);
  EXPECT_EQ(ExitCode(Of({})), 2);
  EXPECT_THAT(Text(Of({})), StartsWith("Cannot tell: no register here has a lock"));
}

TEST(LocksText, QuietIsOneLine) {
  const std::string text =
      RenderLocksText(Of({Group("0", "holds", "0x5")}), {.verbosity = Verbosity::kQuiet});
  EXPECT_EQ(text.find('\n'), text.size() - 1);
}

TEST(LocksJson, HasEverythingThatWasDone) {
  const auto json = nlohmann::json::parse(
      RenderLocksJson(Of({Group("0-7", "holds", "0x5"), Group("8", "not_locked")}), "1.2"));
  EXPECT_EQ(json["schema"], "vtprobe-locks/1");
  EXPECT_EQ(json["locks"][0]["register"], "IA32_FEATURE_CONTROL");
  EXPECT_EQ(json["locks"][0]["address"], "0x3a");
  EXPECT_EQ(json["locks"][0]["cpus"], "0-7");
  EXPECT_EQ(json["locks"][0]["outcome"], "holds");
  EXPECT_EQ(json["locks"][0]["before"], "0x5");
  EXPECT_TRUE(json["locks"][1]["after"].is_null()) << "no write was tried";
  EXPECT_EQ(json["left_alone"][0]["register"], "VM_CR");
  EXPECT_EQ(json["exit_code"], 1);
}

}  // namespace
}  // namespace vtprobe
