// What holds for every rule, whatever it judges.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

TEST(RuleTable, TellsRulesApartByTheirIds) {
  const std::regex well_formed("[a-z0-9_]+(\\.[a-z0-9_]+)+");
  std::set<std::string_view> ids;
  for (const Rule* const rule : AllRules()) {
    EXPECT_TRUE(std::regex_match(std::string(rule->id), well_formed)) << rule->id;
    EXPECT_TRUE(ids.insert(rule->id).second) << rule->id << " stands there twice";
  }
}

class EveryRule : public testing::TestWithParam<const Rule*> {
 protected:
  static std::vector<Finding> JudgeAlone(const PlatformSnapshot& snapshot) {
    const VirtualizationVerdict verdict = JudgeVirtualization(snapshot);
    return JudgeRule(*GetParam(), {snapshot, verdict});
  }
};

TEST_P(EveryRule, SaysWhatItHoldsAndWhereThatIsWritten) {
  EXPECT_FALSE(GetParam()->title.empty());
  EXPECT_THAT(std::string(GetParam()->spec), testing::ContainsRegex("\\[[a-z0-9]+/[a-z0-9-]+\\]"));
}

TEST_P(EveryRule, DeclaresWhatItReads) {
  const Selection selection = RegistersOf(*GetParam());
  EXPECT_FALSE(selection.cpuid.empty() && selection.msrs.empty());
}

// The registers of a machine that nobody read are not known to be right.
TEST_P(EveryRule, PassesNothingThatWasNotRead) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet{{0, 3}}));
  const std::vector<Finding> findings = JudgeAlone(builder.Build());
  EXPECT_FALSE(findings.empty());
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.rule, GetParam()->id);
    EXPECT_THAT(finding.outcome, testing::AnyOf(Outcome::kNotApplicable, Outcome::kIndeterminate))
        << finding.message;
    EXPECT_FALSE(finding.message.empty());
  }
}

TEST_P(EveryRule, HasAFindingOnAnyMachine) {
  for (const PlatformSnapshot& machine :
       {PlatformSnapshot(), fixtures::PlatformBuilder::Intel().Cpus("0-3").Build(),
        fixtures::PlatformBuilder::Amd().Cpus("0-3").Build()}) {
    const std::vector<Finding> findings = JudgeAlone(machine);
    EXPECT_FALSE(findings.empty());
    for (const Finding& finding : findings) EXPECT_EQ(finding.severity, GetParam()->severity);
  }
}

// CPUs of a maker that announce all there is, with all of these MSRs read but
// one. Not a guest's.
PlatformSnapshot AllReadBut(const CpuidRegisters& vendor, std::uint32_t signature,
                            const Selection& selection, std::optional<MsrAddress> unread) {
  constexpr std::uint32_t kHypervisor = std::uint32_t{1} << 31;
  SnapshotBuilder builder;
  EXPECT_TRUE(builder.OpenBlock(CpuSet{{0, 1}}));
  for (const auto& [leaf, mask] : selection.cpuid) {
    PartialCpuid answer{{~0u, ~0u, ~0u, ~0u}};
    if (leaf == CpuidLeaf{0}) answer.registers = vendor;
    if (leaf == CpuidLeaf{1}) answer.registers = {signature, 0, ~kHypervisor, ~0u};
    EXPECT_TRUE(builder.AddCpuid(leaf, answer));
  }
  for (const MsrAddress address : selection.msrs) {
    if (address == unread) continue;
    EXPECT_TRUE(builder.AddMsr(address, ~std::uint64_t{0}));
  }
  return builder.Build();
}

// A register that decides whether a rule applies is named where it was not
// read: CPUID was. One that a rule looks at and that its declaration does not
// lead to throws.
TEST_P(EveryRule, NamesTheRegisterThatWouldDecide) {
  constexpr CpuidRegisters kIntel{0x40, 0x756e6547, 0x6c65746e, 0x49656e69};
  constexpr CpuidRegisters kAmd{0x40, 0x68747541, 0x444d4163, 0x69746e65};
  const Selection selection = RegistersOf(*GetParam());
  std::vector<std::optional<MsrAddress>> unread(selection.msrs.begin(), selection.msrs.end());
  unread.emplace_back();
  for (const std::optional<MsrAddress>& address : unread) {
    for (const PlatformSnapshot& machine : {AllReadBut(kIntel, 0x806f8, selection, address),
                                            AllReadBut(kAmd, 0xa10f11, selection, address)}) {
      for (const Finding& finding : JudgeAlone(machine)) {
        EXPECT_THAT(finding.message, testing::Not(testing::HasSubstr("The CPUID leaves")));
      }
    }
  }
}

// What decides stands in the registers' rows, also where it stands further down
// or is told by another of its kind.
TEST(RegistersOfRules, HoldWhatTheyDependOn) {
  const auto holds = [](std::string_view rule, std::uint32_t address) {
    const std::vector<MsrAddress> msrs = RegistersOf(*FindRule(rule)).msrs;
    return std::find(msrs.begin(), msrs.end(), MsrAddress{address}) != msrs.end();
  };
  EXPECT_TRUE(holds("intel.smrr.enabled", 0xfe));
  EXPECT_TRUE(holds("intel.sgx.prmrr", 0xfe));
  EXPECT_TRUE(holds("intel.sgx.prmrr", 0x3a));
  EXPECT_TRUE(holds("intel.tdx.keys", 0xfe));
  EXPECT_TRUE(holds("intel.lmce.enabled", 0x179));
  EXPECT_TRUE(holds("intel.vmx.ept_vpid", 0x482));
  EXPECT_TRUE(holds("intel.vmx.ept_vpid", 0x48b));
  EXPECT_TRUE(holds("uniform.vmx_capabilities", 0x48b));
  EXPECT_FALSE(holds("amd.hwcr.smmlock", 0xfe));
}

std::string TestName(const testing::TestParamInfo<const Rule*>& info) {
  std::string name(info.param->id);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryRule, testing::ValuesIn(AllRules().begin(), AllRules().end()),
                         TestName);

}  // namespace
}  // namespace vtprobe
