// JUnit, TAP and SARIF: what a pipeline is told of each outcome. That the
// formats are well formed is checked in tests/formats.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <string>
#include <utility>
#include <vector>

#include "vtprobe/registers/msr.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string Render(std::string_view name, const Report& report) {
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == name) return format.render(report, {});
  }
  ADD_FAILURE() << "there is no format " << name;
  return {};
}

Finding MakeFinding(std::string_view rule, Outcome outcome, CpuSet cpus = CpuSet{{0, 7}}) {
  Finding finding;
  finding.rule = rule;
  finding.outcome = outcome;
  finding.severity = Severity::kHigh;
  finding.cpus = std::move(cpus);
  finding.message = "What was found.";
  finding.spec = "[amd/apm-vol2] 15.4";
  finding.evidence = {{&registers::kVmCr, 0x18}};
  finding.remedy = "What to do.";
  finding.counted = true;
  return finding;
}

Finding Advice(std::string_view rule, Outcome outcome) {
  Finding finding = MakeFinding(rule, outcome);
  finding.counted = false;
  return finding;
}

Report WithFindings(std::vector<Finding> findings) {
  Report report;
  report.subject.file = "a machine.dump";
  report.findings = std::move(findings);
  return report;
}

class Junit : public testing::Test {
 protected:
  pugi::xml_node Suite(const Report& report) {
    text_ = Render("junit", report);
    EXPECT_TRUE(document_.load_string(text_.c_str())) << text_;
    return document_.child("testsuites").child("testsuite");
  }
  pugi::xml_node Only(Outcome outcome) {
    return Suite(WithFindings({MakeFinding("a.rule", outcome)})).child("testcase");
  }
  static bool HasProblem(pugi::xml_node test) {
    return test.child("failure") || test.child("error") || test.child("skipped");
  }

  std::string text_;
  pugi::xml_document document_;
};

TEST_F(Junit, AFailureIsOneAndSaysAll) {
  const pugi::xml_node test = Only(Outcome::kFail);
  EXPECT_STREQ(test.attribute("name").value(), "a.rule");
  EXPECT_STREQ(test.child("failure").attribute("message").value(), "What was found.");
  EXPECT_STREQ(test.child("failure").attribute("type").value(), "high");
  EXPECT_THAT(test.child("failure").text().get(),
              AllOf(HasSubstr("CPUs 0-7"), HasSubstr("VM_CR (0xc0010114) = 0x18"),
                    HasSubstr("[amd/apm-vol2] 15.4"), HasSubstr("What to do.")));
}

TEST_F(Junit, WhatWasNotReadIsAnErrorAndNoFailure) {
  Finding unread = MakeFinding("a.rule", Outcome::kIndeterminate);
  unread.unread = AccessCode::kNoDriver;
  const pugi::xml_node test = Suite(WithFindings({unread})).child("testcase");
  EXPECT_STREQ(test.child("error").attribute("type").value(), "no-driver");
  EXPECT_FALSE(test.child("failure"));
}

TEST_F(Junit, WhatDoesNotApplyIsSkipped) {
  EXPECT_TRUE(Only(Outcome::kNotApplicable).child("skipped"));
}

TEST_F(Junit, WhatIsWaivedIsSkipped) { EXPECT_TRUE(Only(Outcome::kWaived).child("skipped")); }

TEST_F(Junit, AWarningPassesAndIsTold) {
  const pugi::xml_node test = Only(Outcome::kWarn);
  EXPECT_FALSE(HasProblem(test));
  EXPECT_THAT(test.child("system-out").text().get(), HasSubstr("warn"));
}

TEST_F(Junit, APassHasNoProblem) { EXPECT_FALSE(HasProblem(Only(Outcome::kPass))); }

TEST_F(Junit, CountsRulesAndNotFindings) {
  const pugi::xml_node suite = Suite(WithFindings(
      {MakeFinding("a.rule", Outcome::kPass, CpuSet{{0, 3}}),
       MakeFinding("a.rule", Outcome::kFail, CpuSet{{4, 7}}),
       MakeFinding("b.rule", Outcome::kIndeterminate), MakeFinding("c.rule", Outcome::kWaived)}));
  EXPECT_EQ(suite.attribute("tests").as_int(), 3);
  EXPECT_EQ(suite.attribute("failures").as_int(), 1);
  EXPECT_EQ(suite.attribute("errors").as_int(), 1);
  EXPECT_EQ(suite.attribute("skipped").as_int(), 1);
  EXPECT_THAT(suite.child("testcase").child("failure").text().get(),
              AllOf(HasSubstr("CPUs 4-7"), HasSubstr("CPUs 0-3")));
}

TEST_F(Junit, SkipsAdviceAndSaysIt) {
  const pugi::xml_node suite = Suite(
      WithFindings({MakeFinding("a.rule", Outcome::kPass), Advice("b.rule", Outcome::kFail),
                    Advice("c.rule", Outcome::kIndeterminate), Advice("d.rule", Outcome::kPass)}));
  EXPECT_EQ(suite.attribute("failures").as_int(), 0);
  EXPECT_EQ(suite.attribute("errors").as_int(), 0);
  EXPECT_EQ(suite.attribute("skipped").as_int(), 2);
  const pugi::xml_node advice = suite.find_child_by_attribute("testcase", "name", "b.rule");
  EXPECT_STREQ(advice.child("skipped").attribute("message").value(),
               "advice, fail: What was found.");
  EXPECT_THAT(advice.child("system-out").text().get(), HasSubstr("What to do."));
  EXPECT_FALSE(HasProblem(suite.find_child_by_attribute("testcase", "name", "d.rule")));
}

TEST_F(Junit, FailsWhatAMachineDoesNotOffer) {
  Report report = WithFindings({MakeFinding("virtualization.usable", Outcome::kNotApplicable),
                                MakeFinding("b.rule", Outcome::kNotApplicable)});
  report.exit_code = 3;
  const pugi::xml_node suite = Suite(report);
  EXPECT_TRUE(suite.child("testcase").child("failure"));
  EXPECT_EQ(suite.attribute("failures").as_int(), 1);
}

// Fifty machines that say of themselves the same.
TEST_F(Junit, IsNamedByTheFileAndTellsTheSource) {
  Report report = WithFindings({MakeFinding("a.rule", Outcome::kPass)});
  report.subject.source = "a thread";
  const pugi::xml_node suite = Suite(report);
  EXPECT_STREQ(suite.attribute("name").value(), "a machine.dump");
  EXPECT_STREQ(suite.child("testcase").attribute("classname").value(), "a machine.dump");
  const auto property = [&](const char* name) {
    return std::string(suite.child("properties")
                           .find_child_by_attribute("property", "name", name)
                           .attribute("value")
                           .value());
  };
  EXPECT_EQ(property("file"), "a machine.dump");
  EXPECT_EQ(property("source"), "a thread");
}

TEST_F(Junit, KeepsMarkupInWordsFromElsewhereApart) {
  Report report = WithFindings({MakeFinding("a.rule", Outcome::kFail)});
  report.findings[0].message = "<failure> & ]]> \x1b[31m \"quoted\"";
  const pugi::xml_node suite = Suite(report);
  EXPECT_STREQ(suite.child("testcase").child("failure").attribute("message").value(),
               "<failure> & ]]> ?[31m \"quoted\"");
}

TEST(Tap, FailsWhatFailsAndWhatIsUnknown) {
  const std::string text = Render(
      "tap",
      WithFindings({MakeFinding("a.rule", Outcome::kFail), MakeFinding("b.rule", Outcome::kPass),
                    MakeFinding("c.rule", Outcome::kIndeterminate),
                    MakeFinding("d.rule", Outcome::kNotApplicable)}));
  EXPECT_THAT(text, AllOf(HasSubstr("TAP version 14\n1..4\n"), HasSubstr("\nnot ok 1 - a.rule"),
                          HasSubstr("\nok 2 - b.rule"), HasSubstr("\nnot ok 3 - c.rule"),
                          HasSubstr("\nok 4 - d.rule")));
  EXPECT_THAT(text, HasSubstr(" # SKIP not_applicable: What was found."));
}

TEST(Tap, SkipsAdviceAndSaysIt) {
  const std::string text = Render("tap", WithFindings({Advice("a.rule", Outcome::kFail),
                                                       Advice("b.rule", Outcome::kIndeterminate)}));
  EXPECT_THAT(text, AllOf(HasSubstr("\nok 1 - a.rule"), HasSubstr("\nok 2 - b.rule"),
                          HasSubstr(" # SKIP advice, fail: What was found.\n")));
}

TEST(Tap, KeepsANumberSignInWordsFromBeingADirective) {
  Report report = WithFindings({MakeFinding("a.rule", Outcome::kNotApplicable)});
  report.findings[0].message = "1 # TODO later";
  EXPECT_THAT(Render("tap", report), HasSubstr("# SKIP not_applicable: 1 \\# TODO later\n"));
}

TEST(Sarif, SaysHowEachCheckWent) {
  const auto sarif = nlohmann::json::parse(Render(
      "sarif",
      WithFindings({MakeFinding("a.rule", Outcome::kFail), MakeFinding("a.rule", Outcome::kPass),
                    MakeFinding("b.rule", Outcome::kIndeterminate),
                    MakeFinding("c.rule", Outcome::kNotApplicable),
                    MakeFinding("d.rule", Outcome::kWarn),
                    MakeFinding("e.rule", Outcome::kWaived)})));
  const auto& results = sarif["runs"][0]["results"];
  const auto expect = [&](std::size_t i, const char* kind, const char* level, int rule) {
    EXPECT_EQ(results[i]["kind"], kind) << i;
    EXPECT_EQ(results[i]["level"], level) << i;
    EXPECT_EQ(results[i]["ruleIndex"], rule) << i;
  };
  expect(0, "fail", "error", 0);
  expect(1, "pass", "none", 0);
  expect(2, "open", "none", 1);
  expect(3, "notApplicable", "none", 2);
  expect(4, "fail", "warning", 3);
  expect(5, "fail", "error", 4);
  EXPECT_FALSE(results[0].contains("suppressions"));
  EXPECT_EQ(results[5]["suppressions"][0]["kind"], "external");
  EXPECT_EQ(sarif["runs"][0]["tool"]["driver"]["rules"].size(), 5u);
}

TEST(Sarif, KeepsAdviceToANote) {
  Report report =
      WithFindings({MakeFinding("a.rule", Outcome::kFail), MakeFinding("b.rule", Outcome::kWarn),
                    MakeFinding("c.rule", Outcome::kPass), MakeFinding("d.rule", Outcome::kFail)});
  for (std::size_t i = 0; i < 3; ++i) report.findings[i].counted = false;
  const auto sarif = nlohmann::json::parse(Render("sarif", report));
  const auto& results = sarif["runs"][0]["results"];
  EXPECT_EQ(results[0]["level"], "note");
  EXPECT_EQ(results[1]["level"], "note");
  EXPECT_EQ(results[2]["level"], "none");
  EXPECT_EQ(results[3]["level"], "error");
}

TEST(Sarif, NamesTheRecordingAndTheCpus) {
  Report report = WithFindings({MakeFinding("a.rule", Outcome::kFail)});
  report.subject.source = "a thread";
  const auto sarif = nlohmann::json::parse(Render("sarif", report));
  const auto& location = sarif["runs"][0]["results"][0]["locations"][0];
  EXPECT_EQ(location["physicalLocation"]["artifactLocation"]["uri"], "a%20machine.dump");
  EXPECT_EQ(location["logicalLocations"][0]["name"], "CPUs 0-7");
}

}  // namespace
}  // namespace vtprobe
