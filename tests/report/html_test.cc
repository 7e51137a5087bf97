// The page, as a strict parser reads it: whatever others wrote is text there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parsed_page.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/printable.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Page(const Report& report) {
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == "html") return format.render(report, {});
  }
  return {};
}

std::string PageOfSeveral(const ReportSet& set) {
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == "html") return format.render_set(set, {});
  }
  return {};
}

Report OfBoard(const std::string& board) {
  Report report;
  report.headline = "The answer.";
  report.subject.board = board;
  report.subject.cpus_online = *CpuSet::Parse("0-3");
  return report;
}

// In an attribute a quote would end the value.
TEST(Page, EscapesQuotes) { EXPECT_THAT(Page(OfBoard("a\"b'c")), HasSubstr("a&quot;b&#39;c")); }

TEST(Page, NamesWhatTurnsTheDirectionOfWriting) {
  const ParsedPage page(Page(OfBoard("a\u202eb")));
  EXPECT_THAT(page.Texts("//dt[.='board']/following-sibling::dd[1]"), ElementsAre("a<U+202E>b"));
}

// Every field that others write, in a recording or as its file's name.
struct TextField {
  std::string_view name;
  void (*set)(const std::string& text, Report* report);
};

Finding FindingThatSays(const std::string& message, const std::string& remedy) {
  Finding finding;
  finding.rule = "virtualization.usable";
  finding.message = message;
  finding.remedy = remedy;
  return finding;
}

constexpr TextField kTextFields[] = {
    {"version", [](const std::string& text, Report* report) { report->tool_version = text; }},
    {"file", [](const std::string& text, Report* report) { report->subject.file = text; }},
    {"source", [](const std::string& text, Report* report) { report->subject.source = text; }},
    {"provenance",
     [](const std::string& text, Report* report) { report->subject.provenance = text; }},
    {"stage", [](const std::string& text, Report* report) { report->subject.stage = text; }},
    {"vendor", [](const std::string& text, Report* report) { report->subject.vendor = text; }},
    {"model", [](const std::string& text, Report* report) { report->subject.model = text; }},
    {"codename", [](const std::string& text, Report* report) { report->subject.codename = text; }},
    {"doubt",
     [](const std::string& text, Report* report) { report->subject.codename_doubt = text; }},
    {"microcode",
     [](const std::string& text, Report* report) { report->subject.microcode = {text}; }},
    {"kernel", [](const std::string& text, Report* report) { report->subject.kernel = text; }},
    {"firmware",
     [](const std::string& text, Report* report) { report->subject.firmware_vendor = text; }},
    {"firmware version",
     [](const std::string& text, Report* report) { report->subject.firmware_version = text; }},
    {"firmware date",
     [](const std::string& text, Report* report) { report->subject.firmware_date = text; }},
    {"board", [](const std::string& text, Report* report) { report->subject.board = text; }},
    {"hypervisor",
     [](const std::string& text, Report* report) { report->subject.hypervisor = text; }},
    {"a key of its own",
     [](const std::string& text, Report* report) {
       report->subject.other = {{text, "y"}};
     }},
    {"such a key's value",
     [](const std::string& text, Report* report) {
       report->subject.other = {{"y", text}};
     }},
    {"headline", [](const std::string& text, Report* report) { report->headline = text; }},
    {"remedy", [](const std::string& text, Report* report) { report->remedy = "y" + text; }},
    {"profile",
     [](const std::string& text, Report* report) {
       report->profile = {text, "y"};
     }},
    {"message", [](const std::string& text,
                   Report* report) { report->findings = {FindingThatSays(text, {})}; }},
    {"finding's remedy",
     [](const std::string& text, Report* report) {
       report->findings = {FindingThatSays("y", "y" + text)};
     }},
};

Report With(const TextField& field, const std::string& text) {
  Report report = OfBoard("board");
  field.set(text, &report);
  return report;
}

bool IsShown(const ParsedPage& page, const std::string& text) {
  for (const std::string& shown : page.Texts("//text()")) {
    if (shown.find(text) != std::string::npos) return true;
  }
  return false;
}

// A page in which the field is text, and that has no element which it would not have
// otherwise.
void ExpectText(const TextField& field, const std::string& text) {
  const ParsedPage page(Page(With(field, text)));
  ASSERT_TRUE(page.ok()) << field.name << ": " << text.substr(0, 80);
  EXPECT_TRUE(IsShown(page, Printable(text))) << field.name << ": " << text.substr(0, 80);
  EXPECT_EQ(page.Count("//*"), ParsedPage(Page(With(field, "x"))).Count("//*")) << field.name;
  EXPECT_EQ(page.Count("//@*"), ParsedPage(Page(With(field, "x"))).Count("//@*")) << field.name;
}

TEST(Page, HoldsWhatWouldBeMarkupInAnyFieldAsText) {
  for (const TextField& field : kTextFields) {
    for (const std::string& text :
         {std::string("<script>alert(1)</script>"), std::string("\"'><img src=x onerror=alert(1)>"),
          std::string("]]>--></style></title></textarea>&amp;&#0;"), std::string("{{text}}"),
          std::string("\u202e\u2067right to left\u2069"),
          std::string("\xff\xc0\x80\xed\xa0\x80\x01\x7f"), std::string(10'000, 'x')}) {
      ExpectText(field, text);
    }
  }
}

RC_GTEST_PROP(Page, HoldsAnyBytesInAnyFieldAsText, (std::string text)) {
  // A line of a recording has no end of line in it.
  for (char& c : text) c = c == '\n' ? '<' : c;
  if (text.empty()) text = "x";
  const TextField& field = kTextFields[*rc::gen::inRange(std::size_t{0}, std::size(kTextFields))];
  const ParsedPage page(Page(With(field, text)));
  RC_ASSERT(page.ok());
  RC_ASSERT(IsShown(page, Printable(text)));
  RC_ASSERT(page.Count("//*") == ParsedPage(Page(With(field, "x"))).Count("//*"));
}

RC_GTEST_PROP(Page, OfSeveralHoldsAnyNameAsText, (std::string text)) {
  for (char& c : text) c = c == '\n' ? '<' : c;
  const auto page_of = [](const std::string& name) {
    Report report = OfBoard("board");
    report.subject.file = name;
    ReportSet set;
    set.machines = {report, UnreadRecording{name, name, 65}};
    return ParsedPage(PageOfSeveral(set));
  };
  const ParsedPage page = page_of(text);
  RC_ASSERT(page.ok());
  RC_ASSERT(page.Texts("//table[@class='machines']//td[3]").back() == Printable(text));
  RC_ASSERT(page.Count("//*") == page_of("x").Count("//*"));
}

// CPU 2 of four has LOCK alone.
Report WithOneOther() {
  SnapshotBuilder builder;
  const auto add = [&](std::string_view cpus, std::uint64_t value) {
    EXPECT_TRUE(builder.OpenBlock(*CpuSet::Parse(cpus)));
    EXPECT_TRUE(builder.AddMsr(registers::kFeatureControl.address, value));
  };
  add("0-1,3", 0x5);
  add("2", 0x1);
  Report report = OfBoard("x");
  report.recording = std::make_shared<const PlatformSnapshot>(builder.Build());
  VirtualizationGroup good;
  good.cpus = *CpuSet::Parse("0-1,3");
  good.usable = Usable::kYes;
  good.evidence = {{&registers::kFeatureControl, std::uint64_t{0x5}}};
  VirtualizationGroup bad;
  bad.cpus = *CpuSet::Parse("2");
  bad.state = State::kDisabledLocked;
  bad.usable = Usable::kNo;
  bad.evidence = {{&registers::kFeatureControl, std::uint64_t{0x1}}};
  report.virtualization.groups = {good, bad};
  AddRegisters(*report.recording, &report);
  return report;
}

TEST(Page, NamesTheOneCellThatStandsOut) {
  const ParsedPage page(Page(WithOneOther()));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.Count("//div[@class='map']//b"), 4U);
  EXPECT_THAT(page.Texts("//div[@class='map']//b[text()]/@title"),
              ElementsAre("CPU 2: disabled_locked"));
  EXPECT_THAT(page.Texts("//div[@class='map']//b[text()]"), ElementsAre("\u27172"));
}

// [intel/sdm-vol4] table 2-2: VMX_OUTSIDE_SMX is bit 2.
TEST(Page, MarksTheBitThatDiffersAndItsField) {
  const ParsedPage page(Page(WithOneOther()));
  EXPECT_THAT(page.Texts("//details[@class='register differs']//mark"), ElementsAre("1", "0"));
  EXPECT_THAT(page.Texts("//th[@class='differs-here']/span"), ElementsAre("2"));
  EXPECT_THAT(page.Texts("//tr[@data-cpus='2']/td[@class='differs-here']"), ElementsAre("0"));
}

TEST(Page, TellsATicketWhichMachineItIs) {
  Report report = OfBoard("X11");
  report.subject.model = "Xeon";
  report.subject.firmware_vendor = "AMI";
  report.subject.firmware_version = "3.4";
  report.subject.microcode = {"0x2b000643"};
  EXPECT_THAT(ParsedPage(Page(report)).Texts("//textarea"),
              ElementsAre("\nThe answer.\nXeon \u00b7 X11 \u00b7 firmware AMI 3.4 \u00b7 "
                          "microcode 0x2b000643\n"));
}

// A page of hundreds that held all of each could not be opened.
TEST(Page, OfMoreThanSixteenMachinesShowsWhatDeviatesAndTheRecording) {
  Report report = WithOneOther();
  Finding right;
  right.rule = "a.rule";
  right.outcome = Outcome::kPass;
  right.message = "As it should be.";
  Finding wrong = right;
  wrong.rule = "b.rule";
  wrong.outcome = Outcome::kFail;
  wrong.message = "Not as it should be.";
  report.findings = {right, wrong};
  ReportSet set;
  set.machines.assign(16, report);
  const ParsedPage whole(PageOfSeveral(set));
  EXPECT_EQ(whole.Count("//p[.='As it should be.']"), 16U);
  EXPECT_EQ(whole.Count("//details[@class='whole']"), 16U);

  set.machines.emplace_back(report);
  const ParsedPage brief(PageOfSeveral(set));
  ASSERT_TRUE(brief.ok());
  EXPECT_EQ(brief.Count("//p[.='As it should be.']"), 0U);
  EXPECT_EQ(brief.Count("//details[summary='Pass: 1']/p[.='a.rule']"), 17U);
  EXPECT_EQ(brief.Count("//p[.='Not as it should be.']"), 17U);
  EXPECT_EQ(brief.Count("//details[@class='register differs']"), 17U);
  EXPECT_EQ(brief.Count("//a[@class='download']"), 17U);
  EXPECT_EQ(brief.Count("//details[@class='whole']"), 0U);
  EXPECT_EQ(brief.Count("//p[starts-with(., 'Of more than 16 machines')]"), 1U);
}

// A serial number is in no report. "vtprobe-dump 1 " begins the recording.
TEST(Page, HoldsTheRecordingWithoutWhatIdentifiesTheMachine) {
  Report report = WithOneOther();
  PlatformSnapshot with_serial = *report.recording;
  with_serial.mutable_metadata().Set("serial_number", "S3CRET");
  report.recording = std::make_shared<const PlatformSnapshot>(with_serial);
  EXPECT_EQ(Page(report), Page(WithOneOther()));
  EXPECT_THAT(Page(report), HasSubstr("data:text/plain;base64,dnRwcm9iZS1kdW1wIDEg"));
}

}  // namespace
}  // namespace vtprobe
