// A profile's floor is that of the CPU's signature, and each vendor keeps the
// revision in its own half of the register.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;

constexpr std::string_view kRule = "cpu.microcode.minimum";
constexpr MsrAddress kBiosSignId{0x8b};
// The signatures of the builder's machines.
constexpr std::uint32_t kSkylake = 0x506e3;
constexpr std::uint32_t kRome = 0x830f10;

Profile WithFloor(std::uint32_t signature, std::uint32_t revision) {
  Profile profile;
  profile.rules[std::string(kRule)].settings["minimum"] = RevisionFloors{{signature, revision}};
  return profile;
}

std::vector<Finding> Judge(const PlatformSnapshot& machine, const Profile* profile = nullptr) {
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  return JudgeRule(*FindRule(kRule), {machine, verdict, profile});
}

TEST(MicrocodeMinimum, IntelsRevisionIsTheUpperHalf) {
  const Profile profile = WithFloor(kSkylake, 0xf0);
  const auto with = [](std::uint64_t value) {
    return PlatformBuilder::Intel().Cpus("0-1").Msr(kBiosSignId, value).Build();
  };
  EXPECT_EQ(Judge(with(0xf000000000), &profile).front().outcome, Outcome::kPass);
  EXPECT_EQ(Judge(with(0xef000000ff), &profile).front().outcome, Outcome::kFail);
  // Newer ones have the top bit set on some parts, and are not negative.
  EXPECT_EQ(Judge(with(0x8000000100000000), &profile).front().outcome, Outcome::kPass);
}

TEST(MicrocodeMinimum, AmdsRevisionIsTheLowerHalf) {
  const Profile profile = WithFloor(kRome, 0x830107a);
  const auto with = [](std::uint64_t value) {
    return PlatformBuilder::Amd().Cpus("0-1").Msr(kBiosSignId, value).Build();
  };
  EXPECT_EQ(Judge(with(0x830107a), &profile).front().outcome, Outcome::kPass);
  EXPECT_EQ(Judge(with(0xffffffff'08301079), &profile).front().outcome, Outcome::kFail);
}

TEST(MicrocodeMinimum, AFloorForAnotherSignatureSaysNothing) {
  const Profile profile = WithFloor(0x806f8, 0x2b000000);
  const auto findings =
      Judge(PlatformBuilder::Intel().Cpus("0-1").Msr(kBiosSignId, 0x100000000), &profile);
  EXPECT_EQ(findings.front().outcome, Outcome::kNotApplicable);
}

TEST(MicrocodeMinimum, NamesTheCpusBelow) {
  const Profile profile = WithFloor(kSkylake, 0xf0);
  const auto findings = Judge(PlatformBuilder::Intel()
                                  .Cpus("0-7")
                                  .Msr(kBiosSignId, 0xf000000000)
                                  .Msr(kBiosSignId, 0xc200000000, "4-7"),
                              &profile);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].outcome, Outcome::kPass);
  EXPECT_EQ(findings[1].outcome, Outcome::kFail);
  EXPECT_EQ(findings[1].cpus.ToString(), "4-7");
  EXPECT_NE(findings[1].message.find("0xc2"), std::string::npos) << findings[1].message;
}

TEST(MicrocodeMinimum, WithoutAProfileOnlyAnUpdateIsExpected) {
  EXPECT_EQ(Judge(PlatformBuilder::Intel().Msr(kBiosSignId, 0x100000000)).front().outcome,
            Outcome::kPass);
  EXPECT_EQ(Judge(PlatformBuilder::Intel().Msr(kBiosSignId, 0)).front().outcome, Outcome::kWarn);
}

}  // namespace
}  // namespace vtprobe
