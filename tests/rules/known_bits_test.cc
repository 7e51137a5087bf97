// Rules about registers of which some bits are known: they judge where the bits on
// which they rest are, and name those that they lack where they are not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/hex.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

// A CPU of Intel's with VMX, SMX and SGX: 06_9EH.
constexpr const char* kIntel =
    "vtprobe-dump 2\n"
    "meta stage = os\n"
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x906ea 0x0 0x60 0x1000\n"
    "cpuid 0x7.0x0 = 0x0 0x4 0x40000000 0x0\n";
constexpr const char* kAmd =
    "vtprobe-dump 2\n"
    "meta stage = os\n"
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0xa00f11 0x0 0x0 0x0\n"
    "cpuid 0x80000000.0x0 = 0x80000023 0x0 0x0 0x0\n"
    "cpuid 0x80000001.0x0 = 0x0 0x0 0x4 0x0\n"
    "cpuid 0x8000001f.0x0 = 0x1b 0x0 0x0 0x0\n";

Finding JudgeOnce(std::string_view rule, const std::string& dump) {
  const auto machine = ParseDump(dump);
  EXPECT_TRUE(machine) << (machine ? "" : machine.error().message);
  const VirtualizationVerdict verdict = JudgeVirtualization(*machine);
  const std::vector<Finding> findings = JudgeRule(*FindRule(rule), {*machine, verdict});
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

// What it finds, in one word for each group of CPUs.
std::string OutcomesOf(const Rule& rule, const std::string& dump) {
  const auto machine = ParseDump(dump);
  EXPECT_TRUE(machine) << (machine ? "" : machine.error().message);
  const VirtualizationVerdict verdict = JudgeVirtualization(*machine);
  std::string outcomes;
  for (const Finding& finding : JudgeRule(rule, {*machine, verdict})) {
    outcomes += outcomes.empty() ? "" : " ";
    outcomes += Name(finding.outcome);
  }
  return outcomes;
}

std::string Hex(std::uint64_t number) {
  std::string text;
  AppendHex(number, &text);
  return text;
}

// SYSCFG bit 23 is SMEE. [amd/apm-vol2] 3.2.1
TEST(KnownBitsOfRules, DecideASwitch) {
  const auto judged = [](const std::string& line) {
    return JudgeOnce("amd.syscfg.smee", kAmd + line).outcome;
  };
  EXPECT_EQ(judged("msr 0xc0010010 = 0x800000 known 0x800000\n"), Outcome::kPass);
  EXPECT_EQ(judged("msr 0xc0010010 = 0x0 known 0x800000\n"), Outcome::kPass);
  EXPECT_EQ(judged("msr 0xc0010010 = 0x0 known 0xffffffffff7fffff\n"), Outcome::kIndeterminate);
}

TEST(KnownBitsOfRules, AreNamedWhereTheyAreLacking) {
  const Finding finding =
      JudgeOnce("amd.syscfg.smee", std::string(kAmd) + "msr 0xc0010010 = 0x0 known 0x1000000\n");
  EXPECT_EQ(finding.outcome, Outcome::kIndeterminate);
  EXPECT_EQ(finding.message, "SYSCFG is known in part, without SMEE.");
  EXPECT_EQ(finding.unread, AccessCode::kNotRecorded);
}

// Firmware must clear the bit; MtrrFixDramModEn is bit 19, and the rule compares all.
TEST(KnownBitsOfRules, AreNoValueForARuleThatComparesValues) {
  const Finding finding = JudgeOnce("amd.syscfg.mtrr_fix_dram_mod_en",
                                    std::string(kAmd) + "msr 0xc0010010 = 0x0 known 0x80000\n");
  EXPECT_EQ(finding.outcome, Outcome::kIndeterminate);
}

// IA32_FEATURE_CONTROL bit 18 enables SGX. [intel/sdm-vol4] table 2-2
TEST(KnownBitsOfRules, AreAskedForOneAfterTheOther) {
  const auto judged = [](const std::string& line) {
    return JudgeOnce("intel.sgx.launch_control", kIntel + line);
  };
  // SGX on: whether launch control (bit 17) is on is all that counts.
  EXPECT_EQ(judged("msr 0x3a = 0x60000 known 0x60000\n").outcome, Outcome::kPass);
  const Finding lacking = judged("msr 0x3a = 0x40000 known 0x40000\n");
  EXPECT_EQ(lacking.outcome, Outcome::kIndeterminate);
  EXPECT_THAT(lacking.message, HasSubstr("SGX_LAUNCH_CONTROL"));
  EXPECT_THAT(lacking.message, testing::Not(HasSubstr("LOCK")));
}

// Bits 14:8 are SENTER_LOCAL and 15 is SENTER_GLOBAL.
TEST(KnownBitsOfRules, OfOneFieldAreAllOfThem) {
  const auto judged = [](const std::string& line) {
    return JudgeOnce("intel.txt.senter", kIntel + line).outcome;
  };
  EXPECT_EQ(judged("msr 0x3a = 0xff00 known 0xff00\n"), Outcome::kPass);
  EXPECT_EQ(judged("msr 0x3a = 0x8000 known 0xff00\n"), Outcome::kWarn);
  EXPECT_EQ(judged("msr 0x3a = 0x7f00 known 0x7f00\n"), Outcome::kIndeterminate);
}

TEST(KnownBitsOfRules, ThatSwitchAnotherOffDoSo) {
  // SMRR's VALID is bit 11 of the mask. IA32_MTRRCAP bit 11 says that there are SMRR.
  const std::string head = std::string(kIntel) + "msr 0xfe = 0xd0a\n";
  EXPECT_EQ(JudgeOnce("intel.smrr.enabled", head + "msr 0x1f3 = 0x0 known 0x800\n").outcome,
            Outcome::kFail);
  EXPECT_EQ(JudgeOnce("intel.smrr.aligned", head + "msr 0x1f3 = 0x0 known 0x800\n").outcome,
            Outcome::kNotApplicable);
  EXPECT_EQ(JudgeOnce("intel.smrr.aligned", head + "msr 0x1f3 = 0x800 known 0x800\n").outcome,
            Outcome::kIndeterminate);
}

// Whatever bit is not known: a rule says what it says of the whole register with the
// bit set and with the bit clear, or that it does not know.
TEST(KnownBitsOfRules, SayNothingThatTheOthersCouldDeny) {
  const std::string head = std::string(kIntel) + "msr 0x3a = ";
  for (const std::uint64_t value : {0x1u, 0x5u, 0x60005u, 0xff07u, 0x100005u}) {
    for (unsigned number = 0; number <= 20; ++number) {
      const std::uint64_t bit = std::uint64_t{1} << number;
      const std::string part = head + Hex(value & ~bit) + " known " + Hex(~bit) + '\n';
      for (const Rule* const rule : AllRules()) {
        const std::string said = OutcomesOf(*rule, part);
        if (said.find("indeterminate") != std::string::npos) continue;
        EXPECT_EQ(said, OutcomesOf(*rule, head + Hex(value | bit) + '\n')) << rule->id << part;
        EXPECT_EQ(said, OutcomesOf(*rule, head + Hex(value & ~bit) + '\n')) << rule->id << part;
      }
    }
  }
}

}  // namespace
}  // namespace vtprobe
