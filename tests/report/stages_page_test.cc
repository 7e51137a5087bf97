// Several recordings of one machine as a page's columns.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "parsed_page.h"
#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/report/formats.h"
#include "vtprobe/report/report.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr MsrAddress kDebugInterface{0xc80};

PlatformBuilder Host() {
  return PlatformBuilder::Intel().Cpus("0-7").FeatureControl(0x5).Msr(kDebugInterface, 0x4000'0000);
}

std::string PageOf(const std::vector<PlatformSnapshot>& earlier,
                   const std::vector<std::string>& files, const PlatformSnapshot& last) {
  Report report = MakeReport(last, "1.2.3", "last.dump", nullptr, earlier);
  AddRegisters(last, &report);
  AddEarlier(earlier, files, nullptr, &report);
  for (const ReportFormat& format : ReportFormats()) {
    if (format.name == "html") return format.render(report, {});
  }
  return {};
}

constexpr const char* kHeads = "//section[@class='stages']//thead//th";

std::string RowOf(const std::string& name) {
  return "//section[@class='stages']//tr[th='" + name + "']";
}

TEST(StagesPage, IsOfSeveralRecordingsOnly) {
  const ParsedPage page(PageOf({}, {}, Host()));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.Count("//section[@class='stages']"), 0U);
}

// [intel/sdm-vol4] table 2-2: LOCK is bit 30 of IA32_DEBUG_INTERFACE.
TEST(StagesPage, ShowsWhenALockWasLost) {
  const ParsedPage page(
      PageOf({Host(), Host()}, {"cold.dump", "warm.dump"}, Host().Msr(kDebugInterface, 0, "3")));
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page.Texts(kHeads), ElementsAre("cold.dump", "warm.dump", "last.dump"));
  const std::string row = RowOf("IA32_DEBUG_INTERFACE (0xc80)");
  EXPECT_THAT(page.Texts(row + "/td[1]//code"), ElementsAre("0x40000000"));
  EXPECT_THAT(page.Texts(row + "/td[2]//code"), ElementsAre("0x40000000"));
  EXPECT_THAT(page.Texts(row + "/td[3]//code"), ElementsAre("0x40000000", "0x0"));
  EXPECT_THAT(page.Texts(row + "//mark"), ElementsAre("LOCK 1 \u2192 0"));
  EXPECT_EQ(page.Count(row + "/td[3]/div[mark][contains(., 'CPU 3')]"), 1U);
}

TEST(StagesPage, ShowsWhereARuleBeganToFail) {
  const ParsedPage page(PageOf({Host()}, {"cold.dump"}, Host().Msr(kDebugInterface, 0, "3")));
  const std::string row = RowOf("intel.debug_interface.locked");
  EXPECT_EQ(page.Count(row + "/td[1]//span[contains(., 'pass')]"), 1U);
  EXPECT_EQ(page.Count(row + "/td[1]//span[contains(., 'fail')]"), 0U);
  EXPECT_EQ(page.Count(row + "/td[2]/div[span[contains(., 'fail')]][contains(., 'CPU 3')]"), 1U);
}

// What stays as it is has no row; it is counted.
TEST(StagesPage, OfTheSameHasNoRowOfRulesOrRegisters) {
  const ParsedPage page(PageOf({Host()}, {"cold.dump"}, Host()));
  EXPECT_THAT(page.Texts("//section[@class='stages']//tbody//th"),
              AllOf(Contains("virtualization"), Not(Contains(HasSubstr("0xc80"))),
                    Not(Contains(HasSubstr(".locked")))));
  EXPECT_EQ(page.Count("//section[@class='stages']//mark"), 0U);
}

TEST(StagesPage, ShowsAnyFileNameAsText) {
  const std::string hostile = "<script>alert(1)</script>\"'&";
  const ParsedPage page(PageOf({Host()}, {hostile}, Host()));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.Count("//script"), 1U);
  EXPECT_THAT(page.Texts(kHeads), ElementsAre(hostile, "last.dump"));
}

}  // namespace
}  // namespace vtprobe
