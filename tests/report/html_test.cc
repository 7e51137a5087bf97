// The page, as a strict parser reads it: whatever others wrote is text there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

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

class Parsed {
 public:
  explicit Parsed(const std::string& page)
      : status_(document_.load_string(page.c_str(), pugi::parse_default | pugi::parse_ws_pcdata)) {}

  bool ok() const { return static_cast<bool>(status_); }
  std::size_t Count(const char* xpath) const { return document_.select_nodes(xpath).size(); }
  std::vector<std::string> Texts(const char* xpath) const {
    std::vector<std::string> texts;
    for (const auto& found : document_.select_nodes(xpath)) {
      texts.emplace_back(found.node() ? found.node().text().get() : found.attribute().value());
    }
    return texts;
  }

 private:
  pugi::xml_document document_;
  pugi::xml_parse_result status_;
};

Report OfBoard(const std::string& board) {
  Report report;
  report.headline = "The answer.";
  report.subject.board = board;
  report.subject.cpus_online = *CpuSet::Parse("0-3");
  return report;
}

constexpr const char* kBoard = "//dt[.='board']/../dd";

TEST(Page, ShowsAnyBoardNameAsText) {
  for (const std::string& board :
       {std::string("<script>alert(1)</script>"), std::string("\"'><img src=x onerror=alert(1)>"),
        std::string("]]>--></style></title>&amp;"), std::string(10'000, 'x')}) {
    const Parsed page(Page(OfBoard(board)));
    ASSERT_TRUE(page.ok()) << board.substr(0, 40);
    EXPECT_THAT(page.Texts(kBoard), ElementsAre(board));
    EXPECT_EQ(page.Count("//script"), 1U);
    EXPECT_EQ(page.Count("//img"), 0U);
  }
}

// In an attribute a quote would end the value.
TEST(Page, EscapesQuotes) { EXPECT_THAT(Page(OfBoard("a\"b'c")), HasSubstr("a&quot;b&#39;c")); }

TEST(Page, NamesWhatTurnsTheDirectionOfWriting) {
  const Parsed page(Page(OfBoard("a\u202eb")));
  EXPECT_THAT(page.Texts(kBoard), ElementsAre("a<U+202E>b"));
}

RC_GTEST_PROP(Page, IsWellFormedAndHoldsEveryFieldAsText, (std::string text)) {
  // A line of a recording has no end of line in it.
  for (char& c : text) c = c == '\n' ? '<' : c;
  Report report = OfBoard(text);
  report.subject.file = text;
  report.subject.other = {{text, text}};
  report.remedy = text;
  ReportSet set;
  set.machines = {report, UnreadRecording{text, text, 65}};
  const Parsed page(PageOfSeveral(set));
  RC_ASSERT(page.ok());
  RC_ASSERT(page.Texts(kBoard) == std::vector<std::string>{Printable(text)});
  RC_ASSERT(page.Count("//script") == 1U);
  // No element or attribute that a page without hostile text does not have.
  RC_ASSERT(page.Count("//*") == Parsed([&] {
                                   set.machines = {OfBoard("x"), UnreadRecording{"x", "x", 65}};
                                   auto& plain = std::get<Report>(set.machines[0]);
                                   plain.subject.file = "x";
                                   plain.subject.other = {{"x", "x"}};
                                   plain.remedy = text.empty() ? "" : "x";
                                   return PageOfSeveral(set);
                                 }())
                                     .Count("//*"));
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
  return report;
}

TEST(Page, NamesTheOneCellThatStandsOut) {
  const Parsed page(Page(WithOneOther()));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.Count("//div[@class='map']//b"), 4U);
  EXPECT_THAT(page.Texts("//div[@class='map']//b[text()]/@title"),
              ElementsAre("CPU 2: disabled_locked"));
  EXPECT_THAT(page.Texts("//div[@class='map']//b[text()]"), ElementsAre("\u27172"));
}

// [intel/sdm-vol4] table 2-2: VMX_OUTSIDE_SMX is bit 2.
TEST(Page, MarksTheBitThatDiffersAndItsField) {
  const Parsed page(Page(WithOneOther()));
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
  EXPECT_THAT(Parsed(Page(report)).Texts("//textarea"),
              ElementsAre("\nThe answer.\nXeon \u00b7 X11 \u00b7 firmware AMI 3.4 \u00b7 "
                          "microcode 0x2b000643\n"));
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
