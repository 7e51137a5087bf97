// The switches in SYSCFG that a profile and the machine itself decide about.
// [amd/apm-vol2] 3.2.1

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;

constexpr std::uint64_t kModEn = 1u << 19;
constexpr std::uint64_t kSnpe = 1u << 24;
constexpr const char* kModEnRule = "amd.syscfg.mtrr_fix_dram_mod_en";

PlatformBuilder Server(std::uint64_t syscfg) {
  PlatformBuilder builder = PlatformBuilder::Amd();
  builder.Cpus("0-7")
      .Cpuid({0x8000'0000}, {0x8000'0028, 0, 0, 0})
      .Cpuid({0x8000'001f}, {0x33, 0, 0, 0})
      .Msr(registers::kSyscfg.address, syscfg);
  return builder;
}

Finding JudgeOnce(const char* rule, const PlatformSnapshot& machine,
                  const Profile* profile = nullptr) {
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  const std::vector<Finding> findings = JudgeRule(*FindRule(rule), {machine, verdict, profile});
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

TEST(AmdSyscfg, ClosesTheRoutingOfLowMemoryWithoutSnp) {
  EXPECT_EQ(JudgeOnce(kModEnRule, Server(0)).outcome, Outcome::kPass);
  EXPECT_EQ(JudgeOnce(kModEnRule, Server(kModEn)).outcome, Outcome::kFail);
}

TEST(AmdSyscfg, LeavesItOpenWithSnp) {
  EXPECT_EQ(JudgeOnce(kModEnRule, Server(kSnpe | kModEn)).outcome, Outcome::kPass);
  EXPECT_EQ(JudgeOnce(kModEnRule, Server(kSnpe)).outcome, Outcome::kPass);
}

TEST(AmdSyscfg, WantsItAlikeWithSnp) {
  PlatformBuilder server = Server(kSnpe | kModEn);
  const Finding finding = JudgeOnce(kModEnRule, server.Msr(registers::kSyscfg.address, kSnpe, "3"));
  EXPECT_EQ(finding.outcome, Outcome::kFail);
  EXPECT_EQ(finding.cpus.ToString(), "3");
}

// A CPU that SNP forgot is the SNP rule's finding, and no second one.
TEST(AmdSyscfg, FindsAForgottenCpuOnce) {
  PlatformBuilder server = Server(kSnpe | kModEn);
  server.Msr(registers::kSyscfg.address, kModEn, "3");
  EXPECT_EQ(JudgeOnce(kModEnRule, server).outcome, Outcome::kPass);
  const Finding finding = JudgeOnce("amd.syscfg.snpe", server);
  EXPECT_EQ(finding.outcome, Outcome::kFail);
  EXPECT_EQ(finding.cpus.ToString(), "3");
}

TEST(AmdSyscfg, ProfileDecidesAboutSnp) {
  const PlatformSnapshot off = Server(0);
  EXPECT_EQ(JudgeOnce("amd.syscfg.snpe", off).outcome, Outcome::kPass);
  Profile profile;
  profile.rules["amd.syscfg.snpe"].settings["expect"] = std::string("on");
  EXPECT_EQ(JudgeOnce("amd.syscfg.snpe", off, &profile).outcome, Outcome::kFail);
  EXPECT_EQ(JudgeOnce("amd.syscfg.snpe", Server(kSnpe), &profile).outcome, Outcome::kPass);
}

}  // namespace
}  // namespace vtprobe
