// The profile of a golden machine, and what it makes of the next one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

PlatformBuilder Golden() {
  PlatformBuilder golden = PlatformBuilder::Intel();
  golden.Cpus("0-7").Locked().VmxOutsideSmx().Cpuid({0x1}, kLeaf1);
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
}

}  // namespace
}  // namespace vtprobe
