// What a report is about, whatever its format.

#include "vtprobe/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

Report ReportOn(const std::string& body, std::optional<std::string> source = std::nullopt) {
  const auto snapshot = ParseDump("vtprobe-dump 1\n" + body);
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return MakeReport(snapshot.value_or(PlatformSnapshot()), "1.2.3", std::move(source));
}

TEST(Subject, IsARecordingUnlessItSaysOtherwise) {
  EXPECT_EQ(ReportOn("cpu 0\n").subject.provenance, "recorded");
  EXPECT_EQ(ReportOn("meta provenance = live\ncpu 0\n").subject.provenance, "live");
}

TEST(Subject, PrefersARecordingsOwnSourceToItsPath) {
  EXPECT_EQ(ReportOn("cpu 0\n", "a.dump").subject.source, "a.dump");
  EXPECT_EQ(ReportOn("meta source = a thread\ncpu 0\n", "a.dump").subject.source, "a thread");
  EXPECT_EQ(ReportOn("cpu 0\n").subject.source, std::nullopt);
}

TEST(Subject, KeepsTheFilesNameBesideTheSource) {
  EXPECT_EQ(ReportOn("cpu 0\n", "a.dump").subject.file, "a.dump");
  EXPECT_EQ(ReportOn("meta source = a thread\ncpu 0\n", "a.dump").subject.file, "a.dump");
  EXPECT_EQ(ReportOn("meta source = a thread\ncpu 0\n").subject.file, std::nullopt);
}

TEST(Subject, IsKnownFromAnyCpuThatTells) {
  const Report report = ReportOn(
      "cpu 0\ncpuid 0x0.0x0 ! not-pinned\ncpuid 0x1.0x0 ! not-pinned\n"
      "cpu 1\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x306c3 0x100800 0x7ffafbff 0xbfebfbff\n");
  EXPECT_EQ(report.subject.vendor, "GenuineIntel");
  // 0x306c3: extended model 3, model 0xc.
  EXPECT_EQ(report.subject.model_number, 0x3cU);
  EXPECT_EQ(report.subject.codename, "Haswell");
}

// "Intel(R) Core(TM) i7-4790K" over leaves 8000_0002 to 8000_0004.
TEST(Subject, HasTheNameThatCpuidGives) {
  const Report report = ReportOn(
      "cpu 0\ncpuid 0x80000000.0x0 = 0x80000008 0x0 0x0 0x0\n"
      "cpuid 0x80000002.0x0 = 0x65746e49 0x2952286c 0x726f4320 0x4d542865\n"
      "cpuid 0x80000003.0x0 = 0x37692029 0x3937342d 0x4b30 0x0\n"
      "cpuid 0x80000004.0x0 = 0x0 0x0 0x0 0x0\n");
  EXPECT_EQ(report.subject.model, "Intel(R) Core(TM) i7-4790K");
}

TEST(Subject, KeepsTheHypervisorThatTheRecordingNames) {
  const std::string kvm =
      "cpu 0\ncpuid 0x1.0x0 = 0x306c3 0x0 0x80000000 0x0\n"
      "cpuid 0x40000000.0x0 = 0x40000001 0x4b4d564b 0x564b4d56 0x4d\n";
  EXPECT_EQ(ReportOn(kvm).subject.hypervisor, "KVM");
  EXPECT_EQ(ReportOn("meta hypervisor = xen\n" + kvm).subject.hypervisor, "xen");
  EXPECT_EQ(ReportOn("cpu 0\n").subject.hypervisor, std::nullopt);
}

TEST(Subject, HasEachMicrocodeRevisionByItself) {
  EXPECT_THAT(ReportOn("meta microcode = 0x22\ncpu 0\n").subject.microcode, ElementsAre("0x22"));
  EXPECT_THAT(ReportOn("meta microcode = 0x22, 0x24\ncpu 0\n").subject.microcode,
              ElementsAre("0x22", "0x24"));
}

TEST(Subject, KeepsUnknownKeysInTheirOrder) {
  EXPECT_THAT(
      ReportOn("meta x-rack = 12\nmeta kernel = 6.1\nmeta licence = CC0\ncpu 0\n").subject.other,
      ElementsAre(Pair("x-rack", "12"), Pair("licence", "CC0")));
}

std::string TextOf(const Report& report) {
  RenderOptions wide;
  wide.width = 1000;
  for (const ReportFormat& each : ReportFormats()) {
    if (each.name == "text") return each.render(report, wide);
  }
  return {};
}

// Of 64 CPUs that nobody numbered, which one differs is not known; what names CPUs
// says so, in the answer itself.
TEST(Subject, DoesNotPassPlacesOffAsNumbersOfCpus) {
  const std::string differing = "cpu 0-62\nmsr 0x3a = 0x5\ncpu 63\nmsr 0x3a = 0x1\n";
  const std::string doubt = "the CPUs are not numbered: 0-63 are places in the recording";
  const Report report = ReportOn("meta cpu_numbers = unknown\n" + differing);
  EXPECT_THAT(report.headline, EndsWith(" (" + doubt + ")"));
  const Report alike = ReportOn("meta cpu_numbers = unknown\ncpu 0-63\nmsr 0x3a = 0x5\n");
  EXPECT_THAT(alike.headline, Not(HasSubstr("numbered")));
  EXPECT_THAT(TextOf(alike), HasSubstr(doubt));
  EXPECT_THAT(TextOf(ReportOn("meta msr_cpu = unknown\ncpu 0\nmsr 0x3a = 0x5\n")),
              HasSubstr("which CPU its MSRs are of is not known"));

  const Report numbered = ReportOn(differing);
  EXPECT_THAT(numbered.headline, Not(HasSubstr("numbered")));
  EXPECT_THAT(TextOf(numbered), Not(HasSubstr("numbered")));
}

// The verdict decides without a profile; two states that are both usable are told
// apart by the other rule about it.
TEST(ReportOf, AMachineWithoutAProfileCountsTheVerdictAlone) {
  constexpr std::string_view kAmd =
      "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x1.0x0 = 0x800f12 0x2100800 0x7ed8320b 0x178bfbff\n"
      "cpuid 0x80000000.0x0 = 0x8000001f 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x80000001.0x0 = 0x800f12 0x0 0x35c233ff 0x2fd3fbff\n";
  const auto counted = [&](std::string_view switches) {
    std::set<std::string_view> rules;
    for (const Finding& finding :
         ReportOn("cpu 0-1\n" + std::string(kAmd) + std::string(switches)).findings) {
      if (finding.counted) rules.insert(finding.rule);
    }
    return rules;
  };
  EXPECT_THAT(counted("msr 0xc0010114 = 0x8\n"), ElementsAre("virtualization.usable"));
  EXPECT_THAT(counted("cpu 0\nmsr 0xc0010114 = 0x8\ncpu 1\nmsr 0xc0010114 = 0x0\n"),
              ElementsAre("virtualization.uniform", "virtualization.usable"));
}

TEST(ReportOf, ASnapshotCountsItsFindings) {
  const Report report = ReportOn("cpu 0-1\n");
  std::array<std::size_t, 6> counted{};
  for (const Finding& finding : report.findings) {
    ++counted.at(static_cast<std::size_t>(finding.outcome));
  }
  EXPECT_EQ(report.summary, counted);
  EXPECT_EQ(report.exit_code, 2) << "nothing is recorded, so nothing is known";
  EXPECT_EQ(report.tool_version, "1.2.3");
}

}  // namespace
}  // namespace vtprobe
