// What monitoring, Kubernetes and test harnesses are told: plugins, metrics, labels,
// OCP's output. That whole documents are well-formed is checked by tests/formats.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "vtprobe/registers/msr.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const ReportFormat& Format(std::string_view name) {
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == name) return format;
  }
  throw std::logic_error("there is no such format");
}

std::string Render(std::string_view name, const Report& report) {
  RenderOptions options;
  options.command_line = "vtprobe check x.dump --format ocptv";
  options.time = "2026-03-04T05:06:07Z";
  return Format(name).render(report, options);
}

Finding MakeFinding(std::string_view rule, Outcome outcome, bool counted, std::string_view cpus) {
  Finding finding;
  finding.rule = rule;
  finding.outcome = outcome;
  finding.counted = counted;
  finding.severity = Severity::kHigh;
  finding.cpus = *CpuSet::Parse(cpus);
  finding.message = "What was found.";
  finding.remedy = "What to do.";
  return finding;
}

// A server of two packages whose CPU 3 is locked off.
Report Server() {
  Report report;
  report.tool_version = "1.2";
  report.headline = "VT-x is off on CPU 3.";
  report.exit_code = 1;
  report.subject.vendor = "GenuineIntel";
  report.subject.codename = "Sapphire Rapids";
  report.subject.microcode = {"0x2b000643"};
  report.subject.cpus_online = *CpuSet::Parse("0-3");
  report.places = {{*CpuSet::Parse("0-1")}, {*CpuSet::Parse("2-3")}};
  report.virtualization.state = State::kInconsistent;
  report.virtualization.usable = Usable::kNo;
  report.virtualization.technology = Technology::kVtx;
  VirtualizationGroup on;
  on.cpus = *CpuSet::Parse("0-2");
  on.state = State::kEnabled;
  VirtualizationGroup off;
  off.cpus = *CpuSet::Parse("3");
  off.state = State::kDisabledLocked;
  report.virtualization.groups = {on, off};
  Finding usable = MakeFinding("virtualization.usable", Outcome::kFail, true, "3");
  usable.evidence = {{&registers::kFeatureControl, std::uint64_t{0x1}}};
  report.findings = {usable, MakeFinding("a.advice", Outcome::kFail, false, "0-3"),
                     MakeFinding("b.right", Outcome::kPass, false, "0-1"),
                     MakeFinding("c.none", Outcome::kNotApplicable, false, "0-3")};
  return report;
}

Report EndingWith(int exit_code, bool has_profile) {
  Report report;
  report.exit_code = exit_code;
  if (has_profile) report.profile = ChosenProfile{"lab", "Lab"};
  return report;
}

ReportSet SetOf(std::vector<std::variant<Report, UnreadRecording>> machines) {
  ReportSet set;
  set.machines = std::move(machines);
  return set;
}

TEST(ExitCodes, OfEveryFormatButPluginsAreTheCommands) {
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == "nagios") continue;
    for (const int code : {0, 1, 2, 3}) {
      EXPECT_EQ(format.exit_codes.of_one(EndingWith(code, true)), code) << format.name;
    }
    const ReportSet set = SetOf({EndingWith(1, false), UnreadRecording{"", "", 66}});
    EXPECT_EQ(format.exit_codes.of_several(set), 66) << format.name;
    EXPECT_FALSE(format.exit_codes.answer_for_unread) << format.name;
  }
}

// OK 0, CRITICAL 2, UNKNOWN 3; what is not offered is wanted by a profile alone.
TEST(ExitCodes, OfPluginsAreOkCriticalOrUnknown) {
  const ExitCodes& codes = Format("nagios").exit_codes;
  const auto of_one = [&](int ours, bool has_profile) {
    return codes.of_one(EndingWith(ours, has_profile));
  };
  EXPECT_EQ(of_one(0, false), 0);
  EXPECT_EQ(of_one(1, false), 2);
  EXPECT_EQ(of_one(2, false), 3);
  EXPECT_EQ(of_one(3, false), 0);
  EXPECT_EQ(of_one(3, true), 2);
  const UnreadRecording unread{"x", "why", 65};
  EXPECT_EQ(codes.of_several(SetOf({EndingWith(0, false), EndingWith(0, false)})), 0);
  EXPECT_EQ(codes.of_several(SetOf({EndingWith(0, false), unread})), 3);
  EXPECT_EQ(codes.of_several(SetOf({unread, EndingWith(1, false)})), 2);
  EXPECT_EQ(codes.of_several(SetOf({EndingWith(2, false), EndingWith(0, false)})), 3);
  EXPECT_TRUE(codes.answer_for_unread);
}

TEST(Nagios, SaysTheStateTheAnswerAndNumbersInTheFirstLine) {
  const std::string text = Render("nagios", Server());
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "VTPROBE CRITICAL - VT-x is off on CPU 3. | cpus=4 failing=1 unknown=0");
  EXPECT_THAT(text, HasSubstr("\nvirtualization.usable: What was found.\n  What to do.\n"));
  EXPECT_THAT(text, Not(HasSubstr("a.advice")));
}

TEST(Nagios, SaysTheProfilesAnswerWhereVirtualizationIsUsable) {
  Report report = Server();
  report.virtualization.usable = Usable::kYes;
  report.profile = ChosenProfile{"lab", "Lab"};
  EXPECT_THAT(Render("nagios", report), StartsWith("VTPROBE CRITICAL - Profile lab is NOT met: "));
}

TEST(Nagios, GivesAnAdviceOnce) {
  Report report = Server();
  report.findings.push_back(MakeFinding("z.rule", Outcome::kFail, true, "0"));
  report.remedy = "What to do.";
  const std::string text = Render("nagios", report);
  const std::size_t first = text.find("What to do.");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find("What to do.", first + 1), std::string::npos);
}

// A bar would begin the numbers, a longer line is cut, and a letter is one of ASCII.
TEST(Nagios, KeepsToEightyCharactersOfAsciiWithoutABar) {
  Report report = Server();
  report.headline = "a|b \u00e9 " + std::string(100, 'x');
  const std::string text = Render("nagios", report);
  const std::string before = text.substr(0, text.find(" | "));
  EXPECT_EQ(before, "VTPROBE CRITICAL - a/b ? " + std::string(52, 'x') + "...");
  EXPECT_EQ(before.size(), 80U);
  EXPECT_EQ(std::count(text.begin(), text.end(), '|'), 1);
}

TEST(Nagios, NamesOfSeveralThoseThatAreNotOk) {
  Report good = Server();
  good.exit_code = 0;
  good.subject.file = "good.dump";
  Report bad = Server();
  bad.subject.file = "bad.dump";
  const std::string text = Format("nagios").render_set(
      SetOf({good, bad, UnreadRecording{"cut.dump", "cut.dump:3:1: cut", 65}}), {});
  EXPECT_EQ(text,
            "VTPROBE CRITICAL - 3 machines: 1 unread, 1 NOT usable, 1 usable. | machines=3 "
            "critical=1 unknown=1\nbad.dump: CRITICAL: VT-x is off on CPU 3.\ncut.dump: UNKNOWN: "
            "cut.dump:3:1: cut\n");
}

TEST(Nagios, SaysOfTheOnlyOneWhyItCantBeRead) {
  EXPECT_THAT(Format("nagios").render_set(SetOf({UnreadRecording{"x", "can't read x", 66}}), {}),
              StartsWith("VTPROBE UNKNOWN - can't read x | "));
}

TEST(Openmetrics, CountsCpusByStateAndRulesByOutcome) {
  const std::string text = Render("openmetrics", Server());
  for (const char* const line :
       {"vtprobe_usable 0", "vtprobe_exit_status 1", "vtprobe_cpus{state=\"enabled\"} 3",
        "vtprobe_cpus{state=\"disabled_locked\"} 1",
        "vtprobe_rules{outcome=\"fail\",counted=\"true\"} 1",
        "vtprobe_rules{outcome=\"fail\",counted=\"false\"} 1",
        "vtprobe_rule_cpus{rule=\"virtualization.usable\",outcome=\"fail\"} 1",
        "vtprobe_rule_cpus{rule=\"a.advice\",outcome=\"fail\"} 4"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n").append(line).append("\n")));
  }
  EXPECT_TRUE(text.ends_with("\n# EOF\n"));
}

// 0 would be a no.
TEST(Openmetrics, HoldsNoAnswerThatIsNotKnown) {
  Report report = Server();
  report.virtualization.usable = Usable::kUnknown;
  EXPECT_THAT(Render("openmetrics", report), Not(HasSubstr("vtprobe_usable")));
}

TEST(Openmetrics, EscapesWhatALabelMayNotHold) {
  Report report = Server();
  report.subject.board = "a\"b\\c\nd";
  EXPECT_THAT(Render("openmetrics", report), HasSubstr("board=\"a\\\"b\\\\c?d\""));
}

// A family stands together, once.
// Prometheus refuses two samples of one series. Three names that are shown alike, and one
// that is what the second of them would become.
TEST(Openmetrics, HoldsNoSeriesTwice) {
  const std::string text =
      Format("openmetrics")
          .render_set(SetOf({UnreadRecording{"a\x01", "", 65}, UnreadRecording{"a?#2", "", 65},
                             UnreadRecording{"a\x02", "", 65}, UnreadRecording{"a?", "", 66}}),
                      {});
  for (const char* const name : {"a?", "a?#2", "a?#3", "a?#4"}) {
    const std::string sample = "vtprobe_exit_status{machine=\"" + std::string(name) + "\"} ";
    const std::size_t at = text.find(sample);
    ASSERT_NE(at, std::string::npos) << name << '\n' << text;
    EXPECT_EQ(text.find(sample, at + 1), std::string::npos) << name;
  }
}

TEST(Openmetrics, OfSeveralSaysOfWhichMachineASampleIs) {
  Report report = Server();
  report.subject.file = "a.dump";
  const std::string text =
      Format("openmetrics").render_set(SetOf({report, UnreadRecording{"b.dump", "", 65}}), {});
  EXPECT_THAT(text, HasSubstr("# TYPE vtprobe_exit_status gauge\n"
                              "vtprobe_exit_status{machine=\"a.dump\"} 1\n"
                              "vtprobe_exit_status{machine=\"b.dump\"} 65\n"));
}

TEST(Nfd, LabelsANodeWithWhatALabelMayHold) {
  Report report = Server();
  report.profile = ChosenProfile{"/etc/lab rules.toml", "Lab"};
  EXPECT_EQ(Render("nfd", report),
            "feature.node.kubernetes.io/vtprobe.usable=no\n"
            "feature.node.kubernetes.io/vtprobe.state=inconsistent\n"
            "feature.node.kubernetes.io/vtprobe.technology=vt-x\n"
            "feature.node.kubernetes.io/vtprobe.codename=Sapphire-Rapids\n"
            "feature.node.kubernetes.io/vtprobe.microcode=0x2b000643\n"
            "feature.node.kubernetes.io/vtprobe.profile=etc-lab-rules.toml\n"
            "feature.node.kubernetes.io/vtprobe.profile-met=false\n"
            "feature.node.kubernetes.io/vtprobe.failing-rules=1\n");
}

std::vector<nlohmann::json> Lines(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(Ocptv, NumbersItsLinesAndEndsAsTheExitStatusSays) {
  const auto lines = Lines(Render("ocptv", Server()));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i]["sequenceNumber"], i);
    EXPECT_EQ(lines[i]["timestamp"], "2026-03-04T05:06:07Z");
  }
  EXPECT_EQ(lines[0]["schemaVersion"], nlohmann::json::parse(R"({"major": 2, "minor": 0})"));
  const auto& start = lines[1]["testRunArtifact"]["testRunStart"];
  EXPECT_EQ(start["commandLine"], "vtprobe check x.dump --format ocptv");
  EXPECT_EQ(start["dutInfo"]["hardwareInfos"][1]["hardwareInfoId"], "package-1");
  const auto ending = [](int exit_code) {
    const auto all = Lines(Render("ocptv", EndingWith(exit_code, false)));
    const auto& end = all.back()["testRunArtifact"]["testRunEnd"];
    return end["status"].get<std::string>().append(" ").append(end["result"].get<std::string>());
  };
  EXPECT_EQ(ending(0), "COMPLETE PASS");
  EXPECT_EQ(ending(1), "COMPLETE FAIL");
  EXPECT_EQ(ending(2), "ERROR NOT_APPLICABLE");
  EXPECT_EQ(ending(3), "SKIP NOT_APPLICABLE");
}

// A rule is a step, a finding a diagnosis, what it rests on a measurement; advice is no
// failure.
TEST(Ocptv, DiagnosesEachFindingOfEachRule) {
  std::vector<std::string> told;
  for (const auto& line : Lines(Render("ocptv", Server()))) {
    if (!line.contains("testStepArtifact")) continue;
    const auto& step = line["testStepArtifact"];
    std::string said = step["testStepId"].get<std::string>();
    const auto say = [&](const std::string& what) { said.append(" ").append(what); };
    if (step.contains("testStepStart")) continue;
    if (step.contains("measurement")) {
      const auto& one = step["measurement"];
      for (const char* const key : {"name", "value", "hardwareInfoId"}) say(one[key]);
      say(one["subcomponent"]["name"]);
    }
    if (step.contains("diagnosis")) {
      say(step["diagnosis"]["type"]);
      say(step["diagnosis"].value("hardwareInfoId", "-"));
    }
    if (step.contains("testStepEnd")) say(step["testStepEnd"]["status"]);
    told.push_back(said);
  }
  EXPECT_THAT(told,
              ElementsAre("virtualization.usable IA32_FEATURE_CONTROL (0x3a) 0x1 package-1 CPU 3",
                          "virtualization.usable FAIL package-1", "virtualization.usable COMPLETE",
                          "a.advice UNKNOWN -", "a.advice COMPLETE", "b.right PASS package-0",
                          "b.right COMPLETE", "c.none", "c.none SKIP", "registers COMPLETE"));
}

TEST(Ocptv, TellsARecordingThatCantBeReadAsAnErrorOfItsRun) {
  const auto lines = Lines(Format("ocptv").render_set(
      SetOf({EndingWith(0, false), UnreadRecording{"b.dump", "b.dump:1:1: no", 65}}), {}));
  const auto& error = lines[lines.size() - 2]["testRunArtifact"]["error"];
  EXPECT_EQ(error["symptom"], "malformed-input");
  EXPECT_EQ(error["message"], "b.dump:1:1: no");
  EXPECT_EQ(lines.back()["testRunArtifact"]["testRunEnd"]["status"], "ERROR");
}

}  // namespace
}  // namespace vtprobe
