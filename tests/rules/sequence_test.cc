// Rules about several recordings: which is held against which.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;
using testing::ElementsAre;

constexpr std::uint64_t kEnabled = 0x5;
constexpr std::uint64_t kUnlocked = 0x0;

PlatformSnapshot Firmware(std::uint64_t feature_control, std::string_view boot = "cold") {
  return PlatformBuilder::Intel()
      .FeatureControl(feature_control)
      .Says(meta::kStage, "pre-os")
      .Says(meta::kBoot, boot);
}
PlatformSnapshot System(std::uint64_t feature_control) {
  return PlatformBuilder::Intel().FeatureControl(feature_control).Says(meta::kStage, "os");
}

// The rule's outcomes for recordings in the order in which they were taken.
std::vector<std::string> Outcomes(std::string_view rule, std::vector<PlatformSnapshot> recordings) {
  const PlatformSnapshot last = recordings.back();
  recordings.pop_back();
  const VirtualizationVerdict verdict = JudgeVirtualization(last);
  std::vector<std::string> outcomes;
  for (const Finding& finding : JudgeRule(*FindRule(rule), {last, verdict, nullptr, recordings})) {
    outcomes.emplace_back(Name(finding.outcome));
  }
  return outcomes;
}

TEST(LocksKept, NoticesALockThatAResumeLost) {
  EXPECT_THAT(Outcomes("sequence.locks_kept", {System(kEnabled), System(kUnlocked)}),
              ElementsAre("fail"));
}

TEST(LocksKept, NoticesALockThatCameBackLater) {
  EXPECT_THAT(
      Outcomes("sequence.locks_kept", {System(kEnabled), System(kUnlocked), System(kEnabled)}),
      ElementsAre("fail", "pass"));
}

// A reset undoes what the system locked.
TEST(LocksKept, DoesNotHoldFirmwareAgainstTheSystemBefore) {
  EXPECT_THAT(
      Outcomes("sequence.locks_kept", {Firmware(kUnlocked), System(kEnabled), Firmware(kUnlocked)}),
      ElementsAre("pass"));
}

TEST(LocksKept, HoldsAWarmResetAgainstTheColdBoot) {
  EXPECT_THAT(
      Outcomes("sequence.locks_kept", {Firmware(kEnabled), System(kEnabled), Firmware(kUnlocked)}),
      ElementsAre("pass", "fail"));
}

// CPUs that were alike before and are not now, and the other way round.
TEST(LocksKept, HoldsEachCpuAgainstItself) {
  const PlatformSnapshot before =
      PlatformBuilder::Intel().Cpus("0-5").FeatureControl(kEnabled).FeatureControl(0x1, "1,4");
  const PlatformSnapshot after =
      PlatformBuilder::Intel().Cpus("0-5").FeatureControl(kEnabled).FeatureControl(kUnlocked,
                                                                                   "0-1");
  const VirtualizationVerdict verdict = JudgeVirtualization(after);
  std::vector<std::string> said;
  for (const Finding& finding : JudgeRule(*FindRule("sequence.locks_kept"),
                                          {after, verdict, nullptr, std::span(&before, 1)})) {
    said.push_back(std::string(Name(finding.outcome)) + ' ' + finding.cpus.ToString());
  }
  EXPECT_THAT(said, ElementsAre("fail 0", "pass 2-5", "fail 1"));
}

// Two recordings that hold none of the registers are no proof of anything.
TEST(LocksKept, RecordingsOfNothingTellNothing) {
  const PlatformSnapshot nothing = PlatformBuilder::Intel().MsrFails(
      registers::kFeatureControl.address, AccessCode::kNotRecorded);
  const std::vector<PlatformSnapshot> before = {nothing};
  const VirtualizationVerdict verdict = JudgeVirtualization(nothing);
  const auto findings =
      JudgeRule(*FindRule("sequence.locks_kept"), {nothing, verdict, nullptr, before});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].outcome, Outcome::kIndeterminate);
  EXPECT_EQ(findings[0].unread, AccessCode::kNotRecorded);
}

TEST(LockedByFirmware, NoticesThatTheSystemDidIt) {
  EXPECT_THAT(Outcomes("sequence.locked_by_firmware", {Firmware(kUnlocked), System(kEnabled)}),
              ElementsAre("warn"));
  EXPECT_THAT(Outcomes("sequence.locked_by_firmware", {Firmware(kEnabled), System(kEnabled)}),
              ElementsAre("pass"));
}

// A warm reset keeps the lock, whoever set it.
TEST(LockedByFirmware, IsOpenUnlessTheBootWasCold) {
  for (const std::string_view boot : {"warm", ""}) {
    EXPECT_THAT(
        Outcomes("sequence.locked_by_firmware", {Firmware(kEnabled, boot), System(kEnabled)}),
        ElementsAre("indeterminate"));
    EXPECT_THAT(
        Outcomes("sequence.locked_by_firmware", {Firmware(kUnlocked, boot), System(kEnabled)}),
        ElementsAre("warn"));
  }
}

TEST(MicrocodeKept, ComparesEachVendorsHalf) {
  constexpr MsrAddress kBiosSignId{0x8b};
  const auto intel = [&](std::uint64_t value) {
    return PlatformBuilder::Intel().Msr(kBiosSignId, value).Build();
  };
  const auto amd = [&](std::uint64_t value) {
    return PlatformBuilder::Amd().Msr(kBiosSignId, value).Build();
  };
  constexpr std::string_view kRule = "sequence.microcode_kept";
  EXPECT_THAT(Outcomes(kRule, {intel(0xf0'0000'0000), intel(0xde'0000'0000)}), ElementsAre("fail"));
  EXPECT_THAT(Outcomes(kRule, {intel(0xde'0000'0000), intel(0xf0'0000'0000)}), ElementsAre("pass"));
  EXPECT_THAT(Outcomes(kRule, {amd(0xa0011d5), amd(0xa0011d1)}), ElementsAre("fail"));
  EXPECT_THAT(Outcomes(kRule, {amd(0xa0011d1), amd(0xa0011d5)}), ElementsAre("pass"));
}

}  // namespace
}  // namespace vtprobe
