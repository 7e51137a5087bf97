// Reports in words and as JSON, from reports made for the purpose.

#include "vtprobe/report/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string Render(std::string_view name, const Report& report, const RenderOptions& options = {}) {
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == name) return format.render(report, options);
  }
  return {};
}

Report WithHeadline(Usable usable) {
  Report report;
  report.virtualization.usable = usable;
  report.headline = "The answer.";
  return report;
}

// A report with one finding.
Report WithFinding(Outcome outcome) {
  Report report = WithHeadline(Usable::kYes);
  Finding finding;
  finding.rule = "some.rule";
  finding.outcome = outcome;
  finding.message = "What was found.";
  finding.remedy = "What to do.";
  report.findings.push_back(finding);
  return report;
}

TEST(Formats, AreToldApartByTheirNames) {
  std::set<std::string_view> names;
  for (const ReportFormat& format : ReportFormats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name << " is there twice";
  }
}

TEST(Formats, StartWithTheDefaultOne) { EXPECT_EQ(ReportFormats().front().name, "text"); }

TEST(TextReport, SaysWhatIsWrongAndKeepsTheRestForVerbose) {
  const RenderOptions verbose{.verbosity = Verbosity::kVerbose};
  for (const Outcome outcome : {Outcome::kFail, Outcome::kWarn, Outcome::kIndeterminate}) {
    const std::string text = Render("text", WithFinding(outcome));
    EXPECT_THAT(text, HasSubstr("What was found. (some.rule)"));
    EXPECT_THAT(text, HasSubstr("What to do."));
  }
  for (const Outcome outcome : {Outcome::kPass, Outcome::kNotApplicable}) {
    EXPECT_THAT(Render("text", WithFinding(outcome)), Not(HasSubstr("What was found")));
    EXPECT_THAT(Render("text", WithFinding(outcome), verbose), HasSubstr("What was found"));
  }
}

// A finding of that rule on CPUs 0 to 3 of which a register was not read.
Finding Unread(std::string_view rule, AccessCode code) {
  Finding finding;
  finding.rule = rule;
  finding.outcome = Outcome::kIndeterminate;
  finding.cpus = *CpuSet::Parse("0-3");
  finding.message = "It was not read.";
  finding.unread = code;
  finding.remedy = Advise(code);
  return finding;
}

TEST(TextReport, SaysOnceWhyManyRulesAreUnknown) {
  Report report = WithHeadline(Usable::kYes);
  report.subject.cpus_online = *CpuSet::Parse("0-3");
  report.findings = {Unread("a.a", AccessCode::kNoDriver), Unread("a.b", AccessCode::kNoDriver),
                     Unread("a.c", AccessCode::kIo), Unread("a.d", AccessCode::kNoDriver)};
  const std::string text = Render("text", report);
  EXPECT_THAT(text,
              HasSubstr("unknown   3 rules: " + std::string(Describe(AccessCode::kNoDriver))));
  EXPECT_THAT(text, HasSubstr("unknown   It was not read. (a.c)"));
  EXPECT_THAT(text, Not(HasSubstr("a.b")));
  const std::string verbose = Render("text", report, {.verbosity = Verbosity::kVerbose});
  for (const char* const rule : {"(a.a)", "(a.b)", "(a.c)", "(a.d)"}) {
    EXPECT_THAT(verbose, HasSubstr(rule));
  }
}

TEST(TextReport, NamesTheCpusOfAFindingThatAreNotAll) {
  Report report = WithFinding(Outcome::kFail);
  report.subject.cpus_online = *CpuSet::Parse("0-3");
  report.findings[0].cpus = *CpuSet::Parse("2");
  EXPECT_THAT(Render("text", report), HasSubstr("fail   CPU 2: What was found."));
  report.findings[0].cpus = report.subject.cpus_online;
  EXPECT_THAT(Render("text", report), HasSubstr("fail   What was found."));
}

TEST(TextReport, BeginsWithWhatFailsMost) {
  Report report = WithFinding(Outcome::kWarn);
  Finding fails = report.findings[0];
  fails.outcome = Outcome::kFail;
  fails.message = "Fails.";
  report.findings.push_back(fails);
  fails.severity = Severity::kCritical;
  fails.message = "Fails critically.";
  report.findings.push_back(fails);
  const std::string text = Render("text", report);
  EXPECT_LT(text.find("Fails critically."), text.find("Fails."));
  EXPECT_LT(text.find("Fails."), text.find("What was found."));
}

TEST(TextReport, SaysWhichProfileItIsAndWhatThatCounts) {
  Report report = WithFinding(Outcome::kFail);
  report.findings.push_back(report.findings[0]);
  report.findings[1].rule = "other.rule";
  report.findings[1].counted = true;
  report.profile = {"lab", "Rack 12"};
  report.exit_code = 1;
  const std::string text = Render("text", report);
  EXPECT_THAT(text,
              StartsWith("The answer.\nProfile lab is NOT met: of 1 rule that counts, 1 fail.\n"));
  EXPECT_LT(text.find("(other.rule)"), text.find("lab does not count these:"));
  EXPECT_LT(text.find("lab does not count these:"), text.find("(some.rule)"));
}

TEST(TextReport, GivesAnAdviceOnce) {
  Report report = WithFinding(Outcome::kWarn);
  report.findings.push_back(report.findings.front());
  report.remedy = "What to do.";
  const std::string text = Render("text", report);
  const std::size_t first = text.find("What to do.");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("What to do.", first + 1), std::string::npos);
}

TEST(TextReport, ColoursTheAnswerByWhatItIs) {
  const RenderOptions color{.color = true};
  EXPECT_THAT(Render("text", WithHeadline(Usable::kYes), color),
              StartsWith("\x1b[1;32mThe answer."));
  EXPECT_THAT(Render("text", WithHeadline(Usable::kNo), color), StartsWith("\x1b[1;31m"));
  EXPECT_THAT(Render("text", WithHeadline(Usable::kNotYet), color), StartsWith("\x1b[1;31m"));
  EXPECT_THAT(Render("text", WithHeadline(Usable::kUnknown), color), StartsWith("\x1b[1;33m"));
  EXPECT_THAT(Render("text", WithHeadline(Usable::kYes)), StartsWith("The answer.\n"));
}

TEST(TextReport, TellsFixingFromFindingOut) {
  Report report = WithHeadline(Usable::kNo);
  report.remedy = "Do it.";
  EXPECT_THAT(Render("text", report), HasSubstr("to fix   Do it.\n"));
  report.virtualization.usable = Usable::kUnknown;
  EXPECT_THAT(Render("text", report), HasSubstr("to find out   Do it.\n"));
}

TEST(TextReport, ShowsNothingThatSteersATerminal) {
  Report report = WithHeadline(Usable::kYes);
  report.subject.kernel = "6.1\x1b]0;title\x07\xc2\x9b\xff\n";
  const RenderOptions verbose{.verbosity = Verbosity::kVerbose};
  report.subject.file = "\x1b[2J.dump";
  const std::string text = Render("text", report, verbose);
  EXPECT_THAT(text, HasSubstr("kernel 6.1?]0;title????"));
  EXPECT_THAT(text, HasSubstr("?[2J.dump"));
}

TEST(TextReport, WrapsToTheTerminalAndNeverBreaksAWord) {
  Report report = WithHeadline(Usable::kNo);
  report.remedy =
      "one two three four five six seven eight nine ten " + std::string(50, 'x') + " end";
  const std::string text = Render("text", report, {.width = 40});
  EXPECT_THAT(text, HasSubstr("  to fix   one two three four five six\n"
                              "           seven eight nine ten\n"
                              "           " +
                              std::string(50, 'x') + "\n" + "           end\n"));
}

TEST(TextReport, KeepsAGroupOnOneLineWhereThereIsNoTerminal) {
  Report report = WithHeadline(Usable::kYes);
  VirtualizationGroup group;
  std::vector<CpuSet::Range> every_other;
  for (std::uint32_t cpu = 0; cpu < 200; cpu += 2) every_other.push_back({cpu, cpu});
  group.cpus = CpuSet(every_other);
  group.evidence.push_back({&registers::kFeatureControl, std::uint64_t{0x5}});
  report.virtualization.groups.push_back(group);
  EXPECT_THAT(Render("text", report), HasSubstr("\n  CPUs " + group.cpus.ToString() +
                                                "   IA32_FEATURE_CONTROL (0x3a) = 0x5"));
  // On a terminal the list has lines of its own.
  const std::string text = Render("text", report, {.width = 60});
  EXPECT_THAT(text, HasSubstr("\n  CPUs 0,2,4,"));
  EXPECT_THAT(text, HasSubstr(",198\n"));
}

TEST(JsonReport, IsUtf8WhateverTheMachineSays) {
  Report report = WithHeadline(Usable::kYes);
  report.subject.model = "caf\xe9";
  EXPECT_THAT(Render("json", report), HasSubstr("\"caf?\""));
}

TEST(JsonReport, LooksAtNoStyle) {
  const Report report = WithFinding(Outcome::kWarn);
  EXPECT_EQ(Render("json", report),
            Render("json", report, {.color = true, .verbosity = Verbosity::kQuiet, .width = 20}));
}

}  // namespace
}  // namespace vtprobe
