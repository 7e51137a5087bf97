// A difference as a page: what got worse first, and the bits that changed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "parsed_page.h"
#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/report/difference.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;
using testing::ElementsAre;

constexpr MsrAddress kDebugInterface{0xc80};

PlatformBuilder Host() { return PlatformBuilder::Intel().Cpus("0-7").FeatureControl(0x5); }

std::string PageOf(const PlatformSnapshot& before, const PlatformSnapshot& after) {
  return RenderDifferenceHtml(Compare({"a.dump", before}, {"b.dump", after}), "1.2.3");
}

TEST(DifferencePage, OfTheSameSaysSo) {
  const ParsedPage page(PageOf(Host(), Host()));
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page.Texts("//h1/span[2]"),
              ElementsAre("Nothing that was recorded in both differs."));
  EXPECT_THAT(page.Texts("//h1/@class"), ElementsAre("answer ok"));
  EXPECT_THAT(page.Texts("//h2"), ElementsAre("As a release note"));
}

// [intel/sdm-vol4] table 2-2: VMX_OUTSIDE_SMX is bit 2 of IA32_FEATURE_CONTROL.
TEST(DifferencePage, MarksTheBitThatChangedInBothLines) {
  const ParsedPage page(PageOf(Host(), Host().FeatureControl(0x1, "3")));
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page.Texts("//details//pre/mark"), ElementsAre("1", "0"));
  EXPECT_THAT(page.Texts("//tr[@data-cpus='3']/th"), ElementsAre("CPU 3, before", "CPU 3, after"));
  EXPECT_THAT(page.Texts("//tr[@data-cpus='3']/td/code"), ElementsAre("0x5", "0x1"));
  EXPECT_THAT(page.Texts("//th[@class='differs-here']/span"), ElementsAre("2"));
}

TEST(DifferencePage, SaysWhatGotWorseBeforeTheRegisters) {
  const ParsedPage page(PageOf(Host(), Host().FeatureControl(0x1, "3")));
  EXPECT_THAT(page.Texts("//h1/@class"), ElementsAre("answer bad"));
  EXPECT_THAT(page.Texts("//h2"), ElementsAre("Worse", "Registers", "As a release note"));
  EXPECT_THAT(page.Texts("//article[@class='finding is-bad']/h3/a"),
              ElementsAre("virtualization.usable", "virtualization.uniform"));
  // Side by side: what was found of whom.
  const std::string usable = "//article[@id='difference-virtualization.usable']//section";
  EXPECT_THAT(page.Texts(usable + "[1]//span[@class='where']"), ElementsAre("CPUs 0-7"));
  EXPECT_THAT(page.Texts(usable + "[2]//span[@class='where']"), ElementsAre("CPU 3"));
  EXPECT_THAT(page.Texts("//article[@id='difference-virtualization.usable']/p/strong"),
              ElementsAre("To do:"));
}

TEST(DifferencePage, OfABetterMachineIsNoAlarm) {
  const ParsedPage page(PageOf(Host().FeatureControl(0x1, "3"), Host()));
  EXPECT_THAT(page.Texts("//h1/@class"), ElementsAre("answer advice"));
  EXPECT_THAT(page.Texts("//h2"), ElementsAre("Better", "Registers", "As a release note"));
}

// [intel/sdm-vol4] table 2-2: LOCK is bit 30 of IA32_DEBUG_INTERFACE.
TEST(DifferencePage, NamesALockThatIsGone) {
  const ParsedPage page(
      PageOf(Host().Msr(kDebugInterface, 0x4000'0000),
             Host().Msr(kDebugInterface, 0x4000'0000).Msr(kDebugInterface, 0, "3")));
  EXPECT_THAT(page.Texts("//article[@id='difference-worse-lock-1']/p"),
              ElementsAre("IA32_DEBUG_INTERFACE.LOCK is no longer set on CPU 3"));
}

// 16 of a thousand, as is said.
TEST(DifferencePage, ShowsSomeOfManyChanges) {
  PlatformBuilder before = PlatformBuilder::Intel().Cpus("0-999");
  PlatformBuilder after = before;
  for (int cpu = 0; cpu < 1000; ++cpu) {
    before.Msr(MsrAddress{0x1234}, 0, std::to_string(cpu));
    after.Msr(MsrAddress{0x1234}, static_cast<std::uint64_t>(cpu) + 1, std::to_string(cpu));
  }
  const ParsedPage page(PageOf(before, after));
  EXPECT_EQ(page.Count("//tbody/tr[@data-cpus]"), 2U * 16U);
  EXPECT_EQ(page.Count("//summary[contains(., '1000 changes, 16 of them shown')]"), 1U);
}

// What others wrote, and the files' names, which may be any bytes.
TEST(DifferencePage, ShowsAnyNameAsText) {
  const std::string hostile = "<script>alert(1)</script>\"'&\xff\xe2\x80\xae";
  PlatformSnapshot other = Host();
  other.mutable_metadata().Set(meta::kFirmwareVersion, hostile);
  const std::string text =
      RenderDifferenceHtml(Compare({hostile, Host()}, {hostile, other}), hostile);
  const ParsedPage page(text);
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page.Count("//script"), 1U);
  EXPECT_THAT(page.Texts("//tr[th='recording']/td"),
              ElementsAre(Printable(hostile), Printable(hostile)));
  EXPECT_THAT(page.Texts("//tr[th='firmware.version']/td[2]"),
              ElementsAre(Printable(*other.metadata().Get(meta::kFirmwareVersion))));
}

TEST(DifferencePage, HoldsTheReleaseNote) {
  const Difference difference =
      Compare({"a.dump", Host()}, {"b.dump", Host().FeatureControl(0x1, "3")});
  const ParsedPage page(RenderDifferenceHtml(difference, "1.2.3"));
  EXPECT_THAT(page.Texts("//textarea"), ElementsAre('\n' + RenderDifferenceMarkdown(difference)));
}

}  // namespace
}  // namespace vtprobe
