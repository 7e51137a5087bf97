// What a profile makes of findings, and of the exit status.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

constexpr std::string_view kRule = "some.rule";

Finding Found(Outcome outcome, std::string_view cpus = "0-3", std::string_view rule = kRule) {
  Finding finding;
  finding.rule = rule;
  finding.outcome = outcome;
  finding.severity = Severity::kMedium;
  finding.cpus = *CpuSet::Parse(cpus);
  finding.message = "What was found.";
  finding.remedy = "What to do.";
  return finding;
}

Profile With(RuleProfile rule) {
  Profile profile;
  profile.rules.emplace(kRule, std::move(rule));
  return profile;
}

std::vector<Finding> Counted(const Profile& profile, std::vector<Finding> findings) {
  Count(profile, &findings);
  return findings;
}

int ExitCodeFor(const Profile& profile, std::vector<Finding> findings) {
  return ExitCode(profile, Counted(profile, std::move(findings)));
}

TEST(Count, LeavesRulesThatAreNotNamedAsAdvice) {
  const auto findings = Counted(Profile(), {Found(Outcome::kFail)});
  EXPECT_EQ(findings[0].outcome, Outcome::kFail);
  EXPECT_FALSE(findings[0].counted);
  EXPECT_EQ(ExitCodeFor(Profile(), {Found(Outcome::kFail)}), 0);
}

TEST(Count, TakesSeveritiesFromTheProfile) {
  const auto findings = Counted(With({.severity = Severity::kCritical}), {Found(Outcome::kFail)});
  EXPECT_TRUE(findings[0].counted);
  EXPECT_EQ(findings[0].severity, Severity::kCritical);
}

TEST(Count, MakesWarningsFailuresWhereTheProfileIsStrict) {
  EXPECT_EQ(ExitCodeFor(With({}), {Found(Outcome::kWarn)}), 0);
  EXPECT_EQ(ExitCodeFor(With({.strict = true}), {Found(Outcome::kWarn)}), 1);
}

TEST(Count, FailsWhatDoesNotApplyWhereItIsRequired) {
  EXPECT_EQ(ExitCodeFor(With({}), {Found(Outcome::kNotApplicable)}), 0);
  EXPECT_EQ(ExitCodeFor(With({.required = true}), {Found(Outcome::kNotApplicable)}), 1);
}

TEST(Count, SplitsAFailureThatIsWaivedForSomeOfItsCpus) {
  const Profile profile = With({.waivers = {{.reason = "board 7", .cpus = *CpuSet::Parse("1,9")},
                                            {.reason = "board 8", .cpus = *CpuSet::Parse("8")}}});
  const auto findings = Counted(profile, {Found(Outcome::kFail)});
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].outcome, Outcome::kWaived);
  EXPECT_EQ(findings[0].cpus.ToString(), "1");
  EXPECT_THAT(findings[0].message, HasSubstr("board 7"));
  EXPECT_EQ(findings[1].outcome, Outcome::kFail);
  EXPECT_EQ(findings[1].cpus.ToString(), "0,2-3");
  EXPECT_EQ(ExitCode(profile, findings), 1);
}

TEST(Count, WaivesNoMoreThanFailures) {
  const Profile profile = With({.waivers = {{.reason = "board 7"}}});
  EXPECT_EQ(ExitCodeFor(profile, {Found(Outcome::kFail)}), 0);
  EXPECT_EQ(ExitCodeFor(profile, {Found(Outcome::kIndeterminate)}), 2);
}

TEST(ExitCodeByProfile, IsThatOfTheWorstFindingThatCounts) {
  const Profile profile = With({});
  EXPECT_EQ(ExitCodeFor(profile, {Found(Outcome::kPass)}), 0);
  EXPECT_EQ(ExitCodeFor(profile, {Found(Outcome::kPass), Found(Outcome::kIndeterminate)}), 2);
  EXPECT_EQ(ExitCodeFor(profile, {Found(Outcome::kIndeterminate), Found(Outcome::kFail)}), 1);
  EXPECT_EQ(ExitCodeFor(profile, {Found(Outcome::kIndeterminate, "0", "other.rule")}), 0);
}

TEST(ExitCodeByProfile, TellsThatTheCpuOffersNoVirtualization) {
  Profile profile;
  profile.rules["virtualization.usable"];
  EXPECT_EQ(ExitCodeFor(profile, {Found(Outcome::kNotApplicable, "0", "virtualization.usable")}),
            3);
}

}  // namespace
}  // namespace vtprobe
