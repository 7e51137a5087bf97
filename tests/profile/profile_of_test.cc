// The profile of a golden machine, and what it makes of the next one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;

// IA32_DEBUG_INTERFACE: bit 30 locks it. [intel/sdm-vol4] table 2-2
constexpr std::uint64_t kDebugLocked = 0x4000'0000;
// CPUID.01H:ECX: VMX is bit 5, SDBG bit 11. [intel/sdm-vol2] CPUID
constexpr CpuidRegisters kLeaf1{0x506e3, 0, 0x820, 0};

PlatformBuilder Golden(const std::string& cpus = "0-7") {
  PlatformBuilder golden = PlatformBuilder::Intel();
  golden.Cpus(cpus).Locked().VmxOutsideSmx().Cpuid({0x1}, kLeaf1);
  golden.Msr(registers::kDebugInterface.address, kDebugLocked);
  golden.Msr(registers::kBiosSignId.address, 0xf0ULL << 32);
  return golden;
}

int ExitCodeOf(const Profile& profile, const PlatformSnapshot& machine) {
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  return ExitCode(profile, JudgeRules({machine, verdict, &profile}));
}

TEST(ProfileOf, AGoldenMachineNamesWhatPassesThere) {
  const Profile profile = ProfileOf(Golden(), "golden", "Golden");
  EXPECT_EQ(profile.name, "golden");
  EXPECT_NE(profile.Find("virtualization.uniform"), nullptr);
  EXPECT_NE(profile.Find("intel.debug_interface.locked"), nullptr);
  EXPECT_NE(profile.Find("uniform.ia32_bios_sign_id"), nullptr);
  EXPECT_EQ(profile.Find("uniform.ia32_misc_enable"), nullptr) << "it was not read";
}

TEST(ProfileOf, AGoldenMachineIsPassedByItsTwin) {
  EXPECT_EQ(ExitCodeOf(ProfileOf(Golden(), "golden", ""), Golden()), 0);
}

TEST(ProfileOf, AGoldenMachineFindsTheDefectOfAnother) {
  const Profile profile = ProfileOf(Golden(), "golden", "");
  EXPECT_EQ(ExitCodeOf(profile, Golden().Msr(registers::kDebugInterface.address, 0, "5")), 1);
  EXPECT_EQ(ExitCodeOf(profile, Golden().Msr(registers::kBiosSignId.address, 0, "5")), 1);
  EXPECT_EQ(ExitCodeOf(profile, Golden().FeatureControl(0x1, "5")), 1);
}

TEST(ProfileOf, AMachineThatIsNotUsableIsNotPassedByIt) {
  const PlatformSnapshot off = Golden().FeatureControl(0x1);
  EXPECT_EQ(ExitCodeOf(ProfileOf(off, "off", ""), off), 1);
}

TEST(ProfileOf, AGoldenMachineMissesASocket) {
  const Profile profile = ProfileOf(Golden("0-7"), "golden", "");
  EXPECT_EQ(ExitCodeOf(profile, Golden("0-3")), 1);
  EXPECT_EQ(ExitCodeOf(profile, Golden("0-15")), 1);
}

// IA32_MISC_ENABLE[38] is TURBO_MODE_DISABLE. [intel/sdm-vol4] table 2-2
TEST(ProfileOf, AGoldenMachineFindsTurboSwitchedOff) {
  const auto with = [](std::uint64_t misc_enable) {
    return Golden().Msr(registers::kMiscEnable.address, misc_enable);
  };
  const Profile profile = ProfileOf(with(0x850089), "golden", "");
  EXPECT_EQ(ExitCodeOf(profile, with(0x850089)), 0);
  EXPECT_EQ(ExitCodeOf(profile, with(0x40'0085'0089)), 1);
}

// What stands in a recording must not become anything but a string.
TEST(WriteProfile, KeepsEveryCharacterOfItsTexts) {
  Profile profile;
  profile.name = "a\"]\nb\\\t\x7f\u00e9";
  profile.title = "#";
  profile.rules["virtualization.usable"].waivers.push_back(
      {.reason = "\"quoted\"", .cpus = *CpuSet::Parse("0-3"), .expires = "2026-12-31"});
  profile.rules["virtualization.usable"].severity = Severity::kLow;
  profile.rules["virtualization.usable"].strict = true;
  profile.rules["virtualization.usable"].required = true;
  profile.expected.statements["board"] = {"\"X\"", "Y\n"};
  profile.expected.counts["cpus"] = 8;
  profile.expected.fields["0x3f0"] = {MsrAddress{0x3f0}, Bits({}, 63, 0), ~std::uint64_t{0}};
  const std::string text = WriteProfile(profile);
  const auto parsed = ParseProfile(text, "2026-11-22");
  ASSERT_TRUE(parsed) << parsed.error().message << '\n' << text;
  EXPECT_EQ(parsed->name, profile.name);
  EXPECT_EQ(parsed->title, "#");
  const RuleProfile* const rule = parsed->Find("virtualization.usable");
  EXPECT_EQ(rule->severity, Severity::kLow);
  EXPECT_TRUE(rule->strict && rule->required);
  ASSERT_EQ(rule->waivers.size(), 1U);
  EXPECT_EQ(rule->waivers[0].reason, "\"quoted\"");
  EXPECT_EQ(rule->waivers[0].cpus, *CpuSet::Parse("0-3"));
  EXPECT_EQ(rule->waivers[0].expires, "2026-12-31");
  EXPECT_EQ(WriteProfile(*parsed), text);
  EXPECT_EQ(parsed->expected.statements.at("board"), profile.expected.statements.at("board"));
  EXPECT_EQ(parsed->expected.counts.at("cpus"), 8u);
  EXPECT_EQ(parsed->expected.fields.at("0x3f0").value, ~std::uint64_t{0});
}

// A line of a comment is whatever its value is made of; without the # it is asked for.
TEST(WriteProfile, TellsWhatElseAMachineSaidOfItselfInComments) {
  Metadata told;
  told.Set(meta::kFirmwareVersion, "F7\" ] beta");
  told.Set(meta::kBoard, "X12");
  told.Set("serial", "4711");
  Profile profile;
  profile.name = "golden";
  profile.expected.statements["board"] = {"X12"};
  const std::string text = WriteProfile(profile, &told);
  EXPECT_TRUE(text.ends_with("\n# \"firmware.version\" = \"F7\\\" ] beta\"\n")) << text;
  EXPECT_EQ(text.find("4711"), std::string::npos);
  const auto parsed = ParseProfile(text, "2026-11-22");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_FALSE(parsed->expected.statements.contains("firmware.version"));

  std::string asked = text;
  asked.erase(asked.rfind("# "), 2);
  const auto asking = ParseProfile(asked, "2026-11-22");
  ASSERT_TRUE(asking) << asking.error().message;
  EXPECT_EQ(asking->expected.statements.at("firmware.version"),
            std::vector<std::string>{"F7\" ] beta"});
}

TEST(WriteProfile, OfAMachineThatExpectsNothingCanBeAskedForMoreAllTheSame) {
  Metadata told;
  told.Set(meta::kKernel, "6.1");
  Profile profile;
  profile.name = "golden";
  std::string text = WriteProfile(profile, &told);
  text.erase(text.rfind("# "), 2);
  const auto asking = ParseProfile(text, "2026-11-22");
  ASSERT_TRUE(asking) << asking.error().message << text;
  EXPECT_EQ(asking->expected.statements.at("kernel"), std::vector<std::string>{"6.1"});
}

}  // namespace
}  // namespace vtprobe
