// What holds for every rule, whatever it judges.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
  EXPECT_THAT(std::string(GetParam()->spec), testing::ContainsRegex("\\[[a-z]+/[a-z0-9-]+\\]"));
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

std::string TestName(const testing::TestParamInfo<const Rule*>& info) {
  std::string name(info.param->id);
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, EveryRule, testing::ValuesIn(AllRules().begin(), AllRules().end()),
                         TestName);

}  // namespace
}  // namespace vtprobe
