// The page of many machines, as a strict parser reads it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "parsed_page.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/report/fleet.h"
#include "vtprobe/report/printable.h"

namespace vtprobe {
namespace {

using testing::_;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// One machine of 300 has VT-x off on CPUs 0 to 3, which a rule finds, too.
fleet::Findings OneOf300(const std::string& name) {
  fleet::Findings findings;
  findings.machines = 300;
  findings.recordings = 300;
  findings.usable.at(static_cast<std::size_t>(Usable::kNo)) = 1;
  findings.usable.at(static_cast<std::size_t>(Usable::kYes)) = 299;
  findings.exit_code = 1;
  fleet::Outlier outlier;
  outlier.kin.board = name;
  outlier.reading.reg = fleet::RegisterId::Of(registers::kFeatureControl.address);
  outlier.reading.cpus = *CpuSet::Parse("0-3");
  outlier.reading.value = std::uint64_t{0x1};
  outlier.reading.usual = std::uint64_t{0x5};
  outlier.reading.differing = 0x4;
  outlier.with_usual = 299;
  outlier.of = 300;
  outlier.machines.Add(name);
  findings.outliers = {outlier};
  fleet::FailingRule rule;
  rule.rule = "virtualization.usable";
  rule.fail = 1;
  rule.counted = 1;
  rule.machines.Add(name);
  findings.rules = {rule};
  return findings;
}

// [intel/sdm-vol4] table 2-2: VMX_OUTSIDE_SMX is bit 2.
TEST(FleetPage, NamesWhoStandsOutInWhatAndWhatIsUsual) {
  const ParsedPage page(RenderFleetHtml(OneOf300("m17.dump")));
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page.Texts("//h1/span[2]"), ElementsAre("300 machines: 1 NOT usable, 299 usable."));
  const std::string row = "//section[h2='Stand out']//tbody/tr/td";
  EXPECT_THAT(page.Texts(row), Contains("IA32_FEATURE_CONTROL (0x3a)"));
  EXPECT_THAT(page.Texts(row), Contains("VMX_OUTSIDE_SMX 0 (usual 1)"));
  EXPECT_THAT(page.Texts(row + "/code"), ElementsAre("0x1", "0x5 on 299 of 300"));
  EXPECT_THAT(page.Texts(row), Contains("0-3"));
}

// A name leads to all that is said of that machine.
TEST(FleetPage, GathersWhatIsSaidOfAMachine) {
  const ParsedPage page(RenderFleetHtml(OneOf300("m17.dump")));
  const auto links = page.Texts("//section[h2='Rules that fail']//a/@href");
  ASSERT_EQ(links.size(), 1U);
  const std::string place = "//details[@id='" + links.front().substr(1) + "']";
  EXPECT_THAT(page.Texts(place + "//li"),
              ElementsAre("IA32_FEATURE_CONTROL (0x3a) = 0x1 on CPUs 0-3, usual 0x5 on 299 of 300: "
                          "VMX_OUTSIDE_SMX 0 (usual 1)",
                          "virtualization.usable fails"));
}

TEST(FleetPage, SaysThatNobodyStandsOut) {
  fleet::Findings findings;
  findings.machines = 2;
  EXPECT_THAT(RenderFleetHtml(findings), HasSubstr("No machine differs from what most"));
}

TEST(FleetPage, NamesWhoHasMoreCpus) {
  fleet::Findings findings;
  findings.machines = 9;
  fleet::MoreCpus more;
  more.cpus = *CpuSet::Parse("4-7");
  more.usual = *CpuSet::Parse("0-3");
  more.with_usual = 7;
  more.of = 9;
  more.machines.Add("m3.dump");
  findings.more_cpus = {more};
  const ParsedPage page(RenderFleetHtml(findings));
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page.Texts("//section[h2='More CPUs']//tbody/tr/td"),
              ElementsAre("CPUs 4-7", "CPUs 0-3 on 7 of 9", _, _));
  EXPECT_THAT(page.Texts("//section[h2='More CPUs']//tbody/tr/td/a"), ElementsAre("m3.dump"));
  EXPECT_THAT(page.Texts("//details//li"), ElementsAre("has CPUs 4-7, usual CPUs 0-3 on 7 of 9"));
  EXPECT_THAT(RenderFleetHtml(findings), HasSubstr("No register differs from what most"));
}

RC_GTEST_PROP(FleetPage, HoldsAnyNameAsText, (std::string text)) {
  for (char& c : text) c = c == '\n' ? '<' : c;
  // An element of blanks alone is one without text, for the parser.
  text.insert(text.begin(), 'm');
  const ParsedPage page(RenderFleetHtml(OneOf300(text)));
  RC_ASSERT(page.ok());
  const auto links = page.Texts("//section[h2='Rules that fail']//a");
  RC_ASSERT(links.size() == 1 && links.front() == Printable(text));
  const ParsedPage plain(RenderFleetHtml(OneOf300("x")));
  RC_ASSERT(page.Count("//*") == plain.Count("//*"));
}

}  // namespace
}  // namespace vtprobe
