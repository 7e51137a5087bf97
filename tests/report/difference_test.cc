// What a comparison of two recordings says, and what it leaves out.

#include "vtprobe/report/difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr MsrAddress kTsc{0x10};
constexpr MsrAddress kUnknown{0x1234};

PlatformBuilder Host() { return PlatformBuilder::Intel().Cpus("0-7").FeatureControl(0x5); }

Difference Between(const PlatformSnapshot& before, const PlatformSnapshot& after) {
  return Compare({"a.dump", before}, {"b.dump", after});
}

std::vector<std::string> RulesOf(const Difference& difference) {
  std::vector<std::string> rules;
  for (const RuleChange& change : difference.rules) rules.emplace_back(change.rule);
  return rules;
}

TEST(Difference, OfAMachineToItselfIsNone) {
  const Difference difference = Between(Host(), Host());
  EXPECT_TRUE(difference.empty());
  EXPECT_THAT(difference.left_out, IsEmpty());
}

PlatformSnapshot Dump(const std::string& readings) {
  const auto snapshot = ParseDump("vtprobe-dump 2\ncpu 0-3\n" + readings);
  EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
  return snapshot ? *snapshot : PlatformSnapshot();
}

TEST(Difference, IsOfBitsThatBothKnow) {
  const Difference difference =
      Between(Dump("msr 0x3a = 0x5 known 0x5\n"), Dump("msr 0x3a = 0x3 known 0x7\n"));
  ASSERT_THAT(difference.registers, SizeIs(1));
  ASSERT_THAT(difference.registers[0].changes, SizeIs(1));
  const RegisterChange& change = difference.registers[0].changes[0];
  EXPECT_EQ(change.before, RegisterReading::OfBits(0x5, 0x5));
  EXPECT_EQ(change.after, RegisterReading::OfBits(0x3, 0x7));
  ASSERT_THAT(change.fields, SizeIs(1));
  EXPECT_EQ(change.fields[0].field.name, "VMX_OUTSIDE_SMX");
}

// The bits that both know are the same, and the others are on one side only.
TEST(Difference, InWhatIsKnownIsNoChange) {
  const Difference difference =
      Between(Dump("msr 0x3a = 0x5 known 0x5\n"), Dump("msr 0x3a = 0x7\n"));
  EXPECT_THAT(difference.registers, IsEmpty());
  ASSERT_THAT(difference.only_after, SizeIs(1));
  EXPECT_EQ(difference.only_after[0].cpus.ToString(), "0-3");
  EXPECT_THAT(Between(Dump("msr 0x3a = 0x7\n"), Dump("msr 0x3a = 0x5 known 0x5\n")).only_before,
              SizeIs(1));
}

TEST(Difference, InOneFieldOfOneCpuIsExactlyThat) {
  const Difference difference = Between(Host(), Host().FeatureControl(0x1, "3"));
  ASSERT_THAT(difference.registers, SizeIs(1));
  const RegisterDifference& reg = difference.registers[0];
  EXPECT_EQ(reg.info.name, "IA32_FEATURE_CONTROL");
  ASSERT_THAT(reg.changes, SizeIs(1));
  const RegisterChange& change = reg.changes[0];
  EXPECT_EQ(change.cpus.ToString(), "3");
  EXPECT_EQ(change.before, RegisterReading(0x5));
  EXPECT_EQ(change.after, RegisterReading(0x1));
  ASSERT_THAT(change.fields, SizeIs(1));
  EXPECT_EQ(change.fields[0].field.name, "VMX_OUTSIDE_SMX");
  EXPECT_EQ(change.fields[0].before, 1u);
  EXPECT_EQ(change.fields[0].after, 0u);
  EXPECT_THAT(RulesOf(difference), ElementsAre("virtualization.usable", "virtualization.uniform"));
  EXPECT_THAT(difference.features, IsEmpty());
  EXPECT_THAT(difference.only_before, IsEmpty());
  EXPECT_THAT(difference.only_after, IsEmpty());
}

TEST(Difference, GroupsCpusThatChangedAlike) {
  const Difference difference =
      Between(Host().FeatureControl(0x1, "4-7"), Host().FeatureControl(0x7, "0-5"));
  ASSERT_THAT(difference.registers, SizeIs(1));
  std::vector<std::string> changes;
  for (const RegisterChange& change : difference.registers[0].changes) {
    changes.push_back(change.cpus.ToString() + ": " + std::to_string(*change.before) + " " +
                      std::to_string(*change.after));
  }
  EXPECT_THAT(changes, ElementsAre("0-3: 5 7", "4-5: 1 7", "6-7: 1 5"));
}

TEST(Difference, LeavesOutByNameWhatChangesByItself) {
  const Difference difference = Between(Host().Msr(kTsc, 1), Host().Msr(kTsc, 2));
  EXPECT_TRUE(difference.empty());
  EXPECT_THAT(difference.left_out, ElementsAre(HasSubstr("TSC")));
}

TEST(Difference, OfAVolatileRegisterToAFailureCounts) {
  const Difference difference =
      Between(Host().Msr(kTsc, 1), Host().MsrFails(kTsc, AccessCode::kGeneralProtection));
  EXPECT_THAT(difference.registers, SizeIs(1));
}

// What is beyond the limit counts, and is not kept.
TEST(Difference, OfMoreRegistersThanAnybodyReadsIsCounted) {
  constexpr std::uint32_t kMore = 100;
  PlatformBuilder before = Host();
  PlatformBuilder after = Host();
  for (std::uint32_t i = 0; i < Difference::kMostListed + kMore; ++i) {
    before.Msr(MsrAddress{0x1'0000 + i}, 1);
    after.Msr(MsrAddress{0x1'0000 + i}, 2);
  }
  const Difference difference = Between(before, after);
  EXPECT_THAT(difference.registers, SizeIs(Difference::kMostListed));
  EXPECT_EQ(difference.not_listed, kMore);
  EXPECT_TRUE(Differs(difference, FailOn::kWorse)) << "what is not listed may be worse";
  EXPECT_THAT(RenderDifferenceText(difference, {}),
              HasSubstr("131072 registers changed, 100 differences more that are not listed."));
  EXPECT_THAT(RenderDifferenceJson(difference, "0", 1), HasSubstr("\"not_listed\": 100"));
  const Difference one_sided = Between(Host(), after);
  EXPECT_THAT(one_sided.only_after, SizeIs(Difference::kMostListed));
  EXPECT_EQ(one_sided.not_listed, kMore);
}

TEST(Difference, TellsWhichFeaturesCameAndWent) {
  PlatformBuilder without = Host();
  without.WithoutExtension();
  const Difference went = Between(Host(), without);
  ASSERT_THAT(went.features, SizeIs(1));
  EXPECT_EQ(went.features[0].feature, "VMX");
  EXPECT_FALSE(went.features[0].came);
  EXPECT_EQ(went.features[0].cpus.ToString(), "0-7");
  const Difference came = Between(without, Host());
  ASSERT_THAT(came.features, SizeIs(1));
  EXPECT_TRUE(came.features[0].came);
}

TEST(Difference, OfOsxsaveIsTheSystemsDoing) {
  // CPUID.01H:ECX[27] follows CR4. [intel/sdm-vol2] CPUID
  const CpuidRegisters off{0x506e3, 0, 0x20, 0};
  const CpuidRegisters on{0x506e3, 0, 0x20 | 1u << 27, 0};
  EXPECT_TRUE(Between(Host().Cpuid({0x1}, off), Host().Cpuid({0x1}, on)).empty());
}

TEST(Difference, OfWhatOneSideDoesNotHoldIsNoChange) {
  const Difference difference = Between(Host(), Host().Msr(kUnknown, 1, "2"));
  EXPECT_THAT(difference.registers, IsEmpty());
  EXPECT_THAT(difference.rules, IsEmpty());
  ASSERT_THAT(difference.only_after, SizeIs(1));
  EXPECT_EQ(difference.only_after[0].cpus.ToString(), "2");
  EXPECT_FALSE(difference.empty());
}

TEST(Difference, OfFailuresIsOne) {
  const Difference difference = Between(Host().Unreadable("1", AccessCode::kIo),
                                        Host().Unreadable("1", AccessCode::kGeneralProtection));
  ASSERT_THAT(difference.registers, SizeIs(1));
  EXPECT_EQ(difference.registers[0].changes[0].before.error(), AccessCode::kIo);
}

TEST(Difference, NamesCpusThatCameAndWent) {
  const Difference difference =
      Between(Host(), PlatformBuilder::Intel().Cpus("0-3,8").FeatureControl(0x5));
  EXPECT_EQ(difference.cpus_gone.ToString(), "4-7");
  EXPECT_EQ(difference.cpus_new.ToString(), "8");
  EXPECT_THAT(difference.registers, IsEmpty());
}

TEST(Difference, OfAnotherFirmwareIsOneThatIsNotOfRegisters) {
  const Difference difference =
      Between(Host().Says(meta::kFirmwareVersion, "F7"), Host().Says(meta::kFirmwareVersion, "F8"));
  EXPECT_TRUE(Differs(difference, FailOn::kAny));
  EXPECT_FALSE(Differs(difference, FailOn::kReadings));
  EXPECT_FALSE(Differs(difference, FailOn::kWorse));
  EXPECT_THAT(RenderDifferenceText(difference, {}),
              AllOf(testing::StartsWith("They differ: firmware.version changed.\n"),
                    HasSubstr("F7 \u2192 F8")));
}

// A rule says the same of the CPUs that both hold.
TEST(Difference, OfRulesIsOnTheCpusThatBothHold) {
  const auto host = [](const std::string& cpus) {
    return PlatformBuilder::Intel().Cpus(cpus).FeatureControl(0x5);
  };
  EXPECT_THAT(Between(host("0-127"), host("0-63")).rules, IsEmpty());
  EXPECT_THAT(Between(host("0-63"), host("0-127")).rules, IsEmpty());
  EXPECT_THAT(Between(host("0-3"), host("4-7")).rules, IsEmpty());
  // The odd one is gone, and the others are what they were.
  EXPECT_THAT(Between(host("0-7").FeatureControl(0x1, "7"), host("0-6")).rules, IsEmpty());
  const Difference one = Between(host("0-7"), host("0-3").FeatureControl(0x1, "3"));
  EXPECT_THAT(RulesOf(one), ElementsAre("virtualization.usable", "virtualization.uniform"));
}

TEST(Difference, IsWorseWhereARuleFaresWorseOnOneCpu) {
  EXPECT_TRUE(Differs(Between(Host(), Host().FeatureControl(0x1, "3")), FailOn::kWorse));
  EXPECT_FALSE(Differs(Between(Host().FeatureControl(0x1, "3"), Host()), FailOn::kWorse));
  // It failed before, and on fewer CPUs.
  EXPECT_TRUE(Differs(Between(Host().FeatureControl(0x1, "3"), Host().FeatureControl(0x1, "3-4")),
                      FailOn::kWorse));
}

TEST(Difference, IsWorseWhereVirtualizationIsNoLongerOffered) {
  PlatformBuilder without = Host();
  without.WithoutExtension();
  EXPECT_TRUE(Differs(Between(Host(), without), FailOn::kWorse));
  EXPECT_FALSE(Differs(Between(without, Host()), FailOn::kWorse));
}

TEST(Difference, IsWorseWhereALockIsGone) {
  // MSR_PKG_CST_CONFIG_CONTROL[15], CFG_LOCK. [intel/sdm-vol4] table 2-20
  constexpr MsrAddress kCst{0xe2};
  const Difference lost = Between(Host().Msr(kCst, 0x8000), Host().Msr(kCst, 0));
  EXPECT_TRUE(Differs(lost, FailOn::kWorse));
  EXPECT_THAT(RenderDifferenceText(lost, {}),
              AllOf(HasSubstr("1 lock lost"),
                    ContainsRegex("worse +MSR_PKG_CST_CONFIG_CONTROL.CFG_LOCK is no longer set")));
  const Difference gained = Between(Host().Msr(kCst, 0), Host().Msr(kCst, 0x8000));
  EXPECT_FALSE(Differs(gained, FailOn::kWorse));
  EXPECT_THAT(RenderDifferenceText(gained, {}),
              ContainsRegex("better +MSR_PKG_CST_CONFIG_CONTROL.CFG_LOCK is now set"));
}

TEST(Difference, IsWorseWhereACpuIsGone) {
  const Difference gone = Between(Host(), PlatformBuilder::Intel().Cpus("0-3").FeatureControl(0x5));
  EXPECT_TRUE(Differs(gone, FailOn::kWorse));
  EXPECT_FALSE(Differs(Between(PlatformBuilder::Intel().Cpus("0-3").FeatureControl(0x5), Host()),
                       FailOn::kWorse));
}

TEST(Difference, LeavesOutWhatIsIgnored) {
  const PlatformSnapshot before = Host().Msr(kUnknown, 0x10);
  const PlatformSnapshot after = Host().Msr(kUnknown, 0x31);
  const auto without = [&](std::uint64_t mask) {
    CompareOptions options;
    options.ignored = {{kUnknown, mask}};
    return Compare({"a.dump", before}, {"b.dump", after}, options);
  };
  EXPECT_TRUE(without(0x21).empty());
  EXPECT_THAT(without(0x21).ignored, ElementsAre(HasSubstr("0x1234")));
  EXPECT_THAT(without(0x20).registers, SizeIs(1));
  EXPECT_THAT(without(0x20).ignored, IsEmpty());
  // As a whole, also where one of the two was not recorded.
  CompareOptions options;
  options.ignored = {{kUnknown}};
  EXPECT_TRUE(Compare({"a.dump", Host()}, {"b.dump", after}, options).empty());
}

TEST(Difference, UnderAProfileIsWorseByTheRulesThatCountAndAreNotWaived) {
  Profile profile;
  profile.name = "lab";
  const PlatformSnapshot before = Host();
  const PlatformSnapshot after = Host().FeatureControl(0x1, "3");
  const auto is_worse = [&] {
    CompareOptions options;
    options.profile = &profile;
    return Differs(Compare({"a.dump", before}, {"b.dump", after}, options), FailOn::kWorse);
  };
  EXPECT_FALSE(is_worse());
  RuleProfile& uniform = profile.rules["virtualization.uniform"];
  EXPECT_TRUE(is_worse());
  uniform.waivers.push_back({"board 7", {}, {}});
  EXPECT_FALSE(is_worse());
}

TEST(DifferenceMarkdown, IsAReleaseNote) {
  const std::string text = RenderDifferenceMarkdown(
      Between(Host().Says(meta::kFirmwareVersion, "F7"),
              Host().FeatureControl(0x1, "3").Says(meta::kFirmwareVersion, "F8|beta")));
  EXPECT_THAT(text, testing::StartsWith("# F7 \u2192 F8\\|beta\n\nThey differ: "));
  EXPECT_THAT(text, HasSubstr("\n| firmware.version | F7 | F8\\|beta |\n"));
  EXPECT_THAT(text, HasSubstr("\n## Worse\n\n- virtualization.usable: pass \u2192 "));
  EXPECT_THAT(text, HasSubstr("\n| IA32\\_FEATURE\\_CONTROL (0x3a) | 3 | 0x5 \u2192 0x1 | "
                              "VMX\\_OUTSIDE\\_SMX 1 \u2192 0 |\n"));
  EXPECT_THAT(text, Not(HasSubstr("## Better")));
}

TEST(DifferenceText, ReadsAsAReleaseNote) {
  const std::string text =
      RenderDifferenceText(Between(Host(), Host().FeatureControl(0x1, "3")), {});
  EXPECT_THAT(text, testing::StartsWith(
                        "They differ: 2 rules found something else, 1 register changed.\n"));
  EXPECT_THAT(text,
              AllOf(HasSubstr("  worse    virtualization.uniform: pass \u2192 fail on CPU 3\n"),
                    HasSubstr("IA32_FEATURE_CONTROL (0x3a)  0x5 \u2192 0x1"),
                    HasSubstr("VMX_OUTSIDE_SMX 1 \u2192 0"), Not(HasSubstr("LOCK"))));
}

}  // namespace
}  // namespace vtprobe
