// The switches of IA32_FEATURE_CONTROL besides VT-x, with what a profile may
// expect of them and with the positions that are odd.

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "rules/judged_dump.h"
#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

constexpr std::uint64_t kLocked = 0x5;
constexpr std::uint64_t kSenter = 0xff00;
constexpr std::uint64_t kLaunchControl = 1u << 17;
constexpr std::uint64_t kSgx = 1u << 18;
constexpr std::uint64_t kLmce = 1u << 20;

struct Case {
  std::string rule;
  std::uint64_t value;
  Outcome any;  // by what the profile expects
  Outcome on;
  Outcome off;
};

class Switch : public testing::TestWithParam<Case> {};

TEST_P(Switch, IsJudgedByWhatIsExpected) {
  const auto& [rule, value, any, on, off] = GetParam();
  // VMX and SMX, MCA; SGX and its launch control; LMCE in IA32_MCG_CAP.
  const PlatformSnapshot machine = fixtures::PlatformBuilder::Intel()
                                       .Cpus("0-3")
                                       .Cpuid({0x1}, {0x506e3, 0, 0x60, 1u << 14})
                                       .Cpuid({0x7}, {0, 1u << 2, 1u << 30, 0})
                                       .Msr(MsrAddress{0x179}, 1u << 27)
                                       .FeatureControl(value);
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  const std::pair<std::string, Outcome> expectations[] = {{"any", any}, {"on", on}, {"off", off}};
  for (const auto& [expect, outcome] : expectations) {
    Profile profile;
    profile.rules[rule].settings["expect"] = expect;
    const auto findings = JudgeRule(*FindRule(rule), {machine, verdict, &profile});
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_EQ(findings.front().outcome, outcome) << expect << ": " << findings.front().message;
    EXPECT_EQ(findings.front().cpus.ToString(), "0-3");
  }
}

constexpr Outcome kPass = Outcome::kPass;
constexpr Outcome kFail = Outcome::kFail;
constexpr Outcome kWarn = Outcome::kWarn;

INSTANTIATE_TEST_SUITE_P(
    FeatureControl, Switch,
    testing::Values(Case{"intel.txt.senter", kLocked | kSenter, kPass, kPass, kFail},
                    Case{"intel.txt.senter", kLocked, kPass, kFail, kPass},
                    // Bit 15 switches, and each of bits 14:8 is one function's.
                    // [intel/sdm-vol4] table 2-2
                    Case{"intel.txt.senter", kLocked | 0x7f00, kWarn, kFail, kWarn},
                    Case{"intel.txt.senter", kLocked | 0x0100, kWarn, kFail, kWarn},
                    Case{"intel.txt.senter", kLocked | 0x8000, kWarn, kWarn, kFail},
                    Case{"intel.txt.senter", kLocked | 0xbf00, kWarn, kWarn, kFail},
                    Case{"intel.sgx.enabled", kLocked | kSgx, kPass, kPass, kFail},
                    Case{"intel.sgx.enabled", kLocked | kLaunchControl, kPass, kFail, kPass},
                    Case{"intel.sgx.launch_control", kLocked | kSgx | kLaunchControl, kPass, kPass,
                         kFail},
                    Case{"intel.sgx.launch_control", kLocked | kSgx, kPass, kFail, kPass},
                    Case{"intel.sgx.launch_control", kLocked | kLaunchControl, kWarn, kWarn, kFail},
                    Case{"intel.lmce.enabled", kLocked | kLmce, kPass, kPass, kFail},
                    Case{"intel.lmce.enabled", kLmce, kWarn, kWarn, kFail},
                    Case{"intel.lmce.enabled", kLocked, kPass, kFail, kPass}));

// What is odd about a switch is no reason not to compare it.
TEST(SwitchWithAWarning, IsComparedWithThoseOfOtherCpus) {
  const auto judge = [](std::string_view rule, std::uint64_t most, std::uint64_t of_cpu_3) {
    const PlatformSnapshot machine = fixtures::PlatformBuilder::Intel()
                                         .Cpus("0-3")
                                         .Cpuid({0x1}, {0x506e3, 0, 0x60, 1u << 14})
                                         .Msr(MsrAddress{0x179}, 1u << 27)
                                         .FeatureControl(most)
                                         .FeatureControl(of_cpu_3, "3");
    return Outcomes(JudgeRule(*FindRule(rule), {machine, JudgeVirtualization(machine), nullptr}));
  };
  // Off on CPU 3, where bits 14:8 were left.
  EXPECT_EQ(judge("intel.txt.senter", kLocked | kSenter, kLocked | 0x7f00), "fail 3");
  EXPECT_EQ(judge("intel.txt.senter", kLocked | kSenter, kLocked | 0x8000), "pass 0-2; warn 3");
  EXPECT_EQ(judge("intel.txt.senter", kLocked | 0x8000, kLocked | 0x7f00), "fail 3");
  EXPECT_EQ(judge("intel.txt.senter", kLocked | 0x8000, kLocked | 0x8100), "warn 0-2; warn 3");
  EXPECT_EQ(judge("intel.lmce.enabled", kLmce, 0), "fail 3");
}

// The bit that the manual reserves on all others switches Core 2's SMRR on.
TEST(FeatureControlReserved, BitThreeIsCore2s) {
  const auto judge = [](std::uint32_t signature) {
    const PlatformSnapshot machine = fixtures::PlatformBuilder::Intel()
                                         .Cpuid({0x1}, {signature, 0, 0x20, 0})
                                         .FeatureControl(kLocked | 0x8);
    const VirtualizationVerdict verdict = JudgeVirtualization(machine);
    return JudgeRule(*FindRule("intel.feature_control.reserved"), {machine, verdict})
        .front()
        .outcome;
  };
  EXPECT_EQ(judge(0x6fb), kPass);    // Core 2, Conroe
  EXPECT_EQ(judge(0x10676), kPass);  // Core 2, Penryn
  EXPECT_EQ(judge(0x106a5), kFail);  // Nehalem
  EXPECT_EQ(judge(0x506e3), kFail);  // Skylake
}

}  // namespace
}  // namespace vtprobe
