// The bounds of the reverse map table: what makes sense, and when there need be
// none. [amd/apm-vol2] 15.36.4

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;
using testing::HasSubstr;

constexpr std::uint32_t kSmeSevSnp = 0x13;
constexpr std::uint32_t kSegmentedRmp = 1u << 23;
constexpr std::uint64_t kSnpe = 1u << 24;

PlatformBuilder Server(std::uint32_t features = kSmeSevSnp) {
  PlatformBuilder builder = PlatformBuilder::Amd();
  builder.Cpus("0-7")
      .Cpuid({0x8000'0000}, {0x8000'0028, 0, 0, 0})
      .Cpuid({0x8000'001f}, {features, 0, 0, 0})
      .Msr(registers::kSyscfg.address, kSnpe)
      .Msr(registers::kRmpBase.address, 0x10'0000'0000)
      .Msr(registers::kRmpEnd.address, 0x10'3fff'ffff);
  return builder;
}

std::vector<Finding> Judge(const PlatformSnapshot& machine) {
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  return JudgeRule(*FindRule("amd.rmp.bounds"), {machine, verdict});
}

Finding JudgeOnce(const PlatformSnapshot& machine) {
  const std::vector<Finding> findings = Judge(machine);
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

TEST(AmdRmp, PassesWithItsBase) {
  const Finding finding = JudgeOnce(Server());
  EXPECT_EQ(finding.outcome, Outcome::kPass);
  EXPECT_THAT(finding.message, HasSubstr("0x1000000000"));
}

// RMP_END's low 13 bits are no part of the address, however they read.
TEST(AmdRmp, TakesAnEndOfZeroLowBits) {
  EXPECT_EQ(JudgeOnce(Server().Msr(registers::kRmpEnd.address, 0x10'3fff'e000)).outcome,
            Outcome::kPass);
}

TEST(AmdRmp, FailsWhereBaseAndEndAreTheSameUnit) {
  EXPECT_EQ(JudgeOnce(Server().Msr(registers::kRmpEnd.address, 0x10'0000'1fff)).outcome,
            Outcome::kFail);
}

TEST(AmdRmp, FailsWithoutABase) {
  EXPECT_EQ(JudgeOnce(Server().Msr(registers::kRmpBase.address, 0)).outcome, Outcome::kFail);
}

TEST(AmdRmp, MissesTheMemoryOnlyWhereSnpIsOn) {
  PlatformBuilder none = Server();
  none.Msr(registers::kRmpBase.address, 0).Msr(registers::kRmpEnd.address, 0);
  EXPECT_EQ(JudgeOnce(none).outcome, Outcome::kFail);
  EXPECT_EQ(JudgeOnce(none.Msr(registers::kSyscfg.address, 0)).outcome, Outcome::kNotApplicable);
}

// Nor are RMP_BASE's.
TEST(AmdRmp, TakesABaseOfLowBitsForNone) {
  PlatformBuilder none = Server();
  none.Msr(registers::kRmpBase.address, 0x1fff)
      .Msr(registers::kRmpEnd.address, 0x1fff)
      .Msr(registers::kSyscfg.address, 0);
  EXPECT_EQ(JudgeOnce(none).outcome, Outcome::kNotApplicable);
}

TEST(AmdRmp, NeedsNoEndWhereItIsSegmented) {
  PlatformBuilder server = Server(kSmeSevSnp | kSegmentedRmp);
  server.Msr(registers::kRmpEnd.address, 0).Msr(registers::kRmpCfg.address, 0x2401);
  EXPECT_EQ(JudgeOnce(server).outcome, Outcome::kPass);
  EXPECT_EQ(JudgeOnce(server.Msr(registers::kRmpCfg.address, 0x2400)).outcome, Outcome::kFail);
}

TEST(AmdRmp, DoesNotGuessWhetherItIsSegmented) {
  PlatformBuilder server = Server(kSmeSevSnp | kSegmentedRmp);
  const Finding finding = JudgeOnce(server.MsrFails(registers::kRmpCfg.address, AccessCode::kIo));
  EXPECT_EQ(finding.outcome, Outcome::kIndeterminate);
  EXPECT_EQ(finding.unread, AccessCode::kIo);
}

TEST(AmdRmp, NamesTheCpusWithBoundsOfTheirOwn) {
  const Finding finding = JudgeOnce(Server().Msr(registers::kRmpEnd.address, 0x10'1fff'ffff, "5"));
  EXPECT_EQ(finding.outcome, Outcome::kFail);
  EXPECT_EQ(finding.cpus.ToString(), "5");
}

}  // namespace
}  // namespace vtprobe
