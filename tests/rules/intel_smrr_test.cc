// How much SMRR cover follows from the mask: the lowest bit that it sets.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

constexpr MsrAddress kMtrrCap{0xfe};
constexpr MsrAddress kPhysBase{0x1f2};
constexpr MsrAddress kPhysMask{0x1f3};

// What one rule finds on a machine of two CPUs whose SMRR these are.
Finding Judge(std::string_view rule, std::uint64_t base, std::uint64_t mask,
              const Profile* profile = nullptr) {
  // MTRR in leaf 1, SMRR in IA32_MTRRCAP.
  const PlatformSnapshot machine = fixtures::PlatformBuilder::Intel()
                                       .Cpus("0-1")
                                       .Cpuid({0x1}, {0x506e3, 0, 0x20, 0x1000})
                                       .Msr(kMtrrCap, 0x800)
                                       .Msr(kPhysBase, base)
                                       .Msr(kPhysMask, mask);
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  const auto findings = JudgeRule(*FindRule(rule), {machine, verdict, profile});
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

struct Size {
  std::uint64_t mask;
  Outcome outcome;
  std::string says;
};

class SmrrSize : public testing::TestWithParam<Size> {};

TEST_P(SmrrSize, IsThatOfTheMask) {
  const auto& [mask, outcome, says] = GetParam();
  // The base says nothing of the size, whatever it is.
  for (const std::uint64_t base : {0x80000006u, 0x7b000006u}) {
    const Finding found = Judge("intel.smrr.size", base, mask);
    EXPECT_EQ(found.outcome, outcome) << found.message;
    EXPECT_NE(found.message.find(says), std::string::npos) << found.message;
  }
}

INSTANTIATE_TEST_SUITE_P(Masks, SmrrSize,
                         testing::Values(Size{0xfffff800, Outcome::kWarn, "4 KiB"},
                                         Size{0xffc00800, Outcome::kWarn, "4 MiB"},
                                         Size{0xff800800, Outcome::kPass, "8 MiB"},
                                         Size{0xff000800, Outcome::kPass, "16 MiB"},
                                         Size{0x80000800, Outcome::kPass, "2048 MiB"}));

TEST(SmrrMinimum, IsAFailureBelowWhatTheProfileAsksFor) {
  Profile profile;
  profile.rules["intel.smrr.size"].settings["minimum_mib"] = std::uint64_t{16};
  EXPECT_EQ(Judge("intel.smrr.size", 0x7b000006, 0xff000800, &profile).outcome, Outcome::kPass);
  const Finding found = Judge("intel.smrr.size", 0x7b000006, 0xff800800, &profile);
  EXPECT_EQ(found.outcome, Outcome::kFail);
  EXPECT_NE(found.message.find("16 MiB"), std::string::npos) << found.message;

  profile.rules["intel.smrr.size"].settings["minimum_mib"] = std::uint64_t{4};
  EXPECT_EQ(Judge("intel.smrr.size", 0x7b000006, 0xffc00800, &profile).outcome, Outcome::kPass);
  profile.rules["intel.smrr.size"].settings["minimum_mib"] = ~std::uint64_t{0};
  EXPECT_EQ(Judge("intel.smrr.size", 0x7b000006, 0xff000800, &profile).outcome, Outcome::kFail);
}

TEST(SmrrAlignment, IsThatOfTheSize) {
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b000006, 0xff000800).outcome, Outcome::kPass);
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b800006, 0xff000800).outcome, Outcome::kFail);
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b800006, 0xff800800).outcome, Outcome::kPass);
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b001006, 0xff800800).outcome, Outcome::kFail);
}

TEST(SmrrAlignment, AMaskWithHolesIsNoRange) {
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b000006, 0xfe800800).outcome, Outcome::kFail);
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b000006, 0xfd000800).outcome, Outcome::kFail);
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b000006, 0x7f000800).outcome, Outcome::kFail);
  EXPECT_EQ(Judge("intel.smrr.aligned", 0x7b000006, 0x800).outcome, Outcome::kFail);
}

TEST(Smrr, AreOneFailureWhereTheyAreOff) {
  EXPECT_EQ(Judge("intel.smrr.enabled", 0, 0).outcome, Outcome::kFail);
  for (const std::string_view other :
       {"intel.smrr.size", "intel.smrr.aligned", "uniform.ia32_smrr"}) {
    EXPECT_EQ(Judge(other, 0, 0).outcome, Outcome::kNotApplicable) << other;
  }
}

TEST(Smrr, AreWriteBack) {
  for (const std::uint64_t type : {0u, 1u, 4u, 5u, 7u, 0x86u}) {
    EXPECT_EQ(Judge("intel.smrr.enabled", 0x7b000000 | type, 0xff000800).outcome, Outcome::kFail)
        << type;
  }
  EXPECT_EQ(Judge("intel.smrr.enabled", 0x7b000006, 0xff000800).outcome, Outcome::kPass);
}

}  // namespace
}  // namespace vtprobe
