// What happens around the importers: choosing one, joining files, and stating
// where the snapshot comes from.

#include "vtprobe/import/recording.h"

#include "struct_support.h"

namespace vtprobe::import {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kPu = "1 1 0 0 0 => 1 2 3 4\n";
constexpr std::string_view kCsv = "MSR_ADDR,VALUE\n0x10,0x1\n";

Input Named(std::string name, std::string_view content) {
  return {std::move(name), std::string(content), true};
}
Input Found(std::string name, std::string_view content) {
  return {std::move(name), std::string(content), false};
}

TEST(ReadRecording, SaysWhereASnapshotComesFrom) {
  const auto imported =
      ReadRecording({Named("/home/somebody/m/pu0", kPu), Named("pu1", kPu)}, nullptr, {});
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  const Metadata& metadata = imported->snapshot.metadata();
  EXPECT_EQ(metadata.Get(meta::kProvenance), "recorded");
  EXPECT_EQ(metadata.Get(meta::kSource), "pu0 and 1 more");
  EXPECT_EQ(metadata.Get(meta::kStage), std::nullopt);
}

TEST(ReadRecording, TheSourceIsWhatWasTaken) {
  const auto imported =
      ReadRecording({Found("m/README", "text"), Found("m/pu0", kPu)}, nullptr, {});
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(imported->snapshot.metadata().Get(meta::kSource), "pu0");
}

// Half of a number is a number, and other programs' formats have no mark.
TEST(ReadRecording, SaysWhereALastNumberMayBeCutOff) {
  constexpr std::string_view kText = "# rdmsr -p 0 0x3a\n5\n";
  const auto whole = ReadRecording({Named("x", kText)}, nullptr, {});
  ASSERT_TRUE(whole.has_value());
  EXPECT_THAT(whole->notes, Not(Contains(HasSubstr("last number"))));
  const auto cut = ReadRecording({Named("x", kText.substr(0, kText.size() - 1))}, nullptr, {});
  ASSERT_TRUE(cut.has_value());
  EXPECT_THAT(cut->notes, Contains(HasSubstr("last number")));
}

TEST(ReadRecording, LeavesOurOwnDumpAsItIs) {
  constexpr std::string_view kDump =
      "vtprobe-dump 1 sealed\nmeta board = x\ncpu 0\nmsr 0x3a = 0x5\nend 5\n";
  const auto imported = ReadRecording({Named("x", kDump)}, nullptr, {});
  ASSERT_TRUE(imported.has_value());
  EXPECT_EQ(WriteDump(imported->snapshot), kDump);
}

// GenuineIntel, family 6 model 0x5e; leaf 1 ECX bit 31 is the hypervisor's.
TEST(ReadRecording, MarksAGuestByTheHypervisorBit) {
  const auto stage_with = [](std::string_view ecx, std::string_view eax) {
    std::string text = "1 0 0 0 0 => 16 756e6547 6c65746e 49656e69\n1 1 0 0 0 => ";
    text.append(eax).append(" 0 ").append(ecx).append(" 0\n");
    const auto imported = ReadRecording({Named("pu0", text)}, nullptr, {});
    return imported->snapshot.metadata().Get(meta::kStage).value_or("none") == "guest";
  };
  EXPECT_TRUE(stage_with("80000000", "506e3"));
  EXPECT_FALSE(stage_with("7fffffff", "506e3"));
  // A Pentium: its ECX is no feature word.
  EXPECT_FALSE(stage_with("80000000", "543"));
}

TEST(ReadRecording, WhatWasFoundMayBeSomethingElse) {
  const auto imported = ReadRecording({Found("m/pu0", kPu), Found("m/README", "text"),
                                       Found("m/empty", ""), Found("m/a", "?"), Found("m/b", "?")},
                                      nullptr, {});
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_THAT(imported->notes,
              ElementsAre("left alone, being no recording: README, empty, a and 1 more"));
}

TEST(ReadRecording, WhatWasNamedMustBeUnderstood) {
  const auto unknown = ReadRecording({Named("pu0", kPu), Named("README", "text")}, nullptr, {});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().file, "README");

  const auto alone = ReadRecording({Named("README", "text")}, nullptr, {});
  ASSERT_FALSE(alone.has_value());
  EXPECT_THAT(alone.error().message, HasSubstr("rdmsr -a 0x3a"));
  EXPECT_THAT(alone.error().message, HasSubstr("import --help"));
  EXPECT_THAT(alone.error().message, HasSubstr("vtprobe-dump 1"));
}

TEST(ReadRecording, NothingToReadIsAnError) {
  EXPECT_FALSE(ReadRecording({}, nullptr, {}).has_value());
  EXPECT_FALSE(ReadRecording({}, &kHwloc, {}).has_value());
  EXPECT_FALSE(ReadRecording({Found("x", "?")}, nullptr, {}).has_value());
  EXPECT_FALSE(ReadRecording({Found("x", "?")}, &kHwloc, {}).has_value());
}

TEST(ReadRecording, FormatsThatDifferInAFolderAreNamed) {
  const auto imported = ReadRecording({Found("pu0", kPu), Found("x.csv", kCsv)}, nullptr, {});
  ASSERT_FALSE(imported.has_value());
  EXPECT_EQ(imported.error().file, "x.csv");
  EXPECT_THAT(imported.error().message, HasSubstr("firecracker-csv, but pu0 is of format hwloc"));
}

TEST(ReadRecording, FormatsThatDifferAreMergedWhereFilesAreNamed) {
  const auto imported = ReadRecording({Named("pu0", kPu), Named("x.csv", kCsv)}, nullptr, {});
  ASSERT_TRUE(imported.has_value()) << Said(imported.error());
  EXPECT_EQ(imported->snapshot.online().ToString(), "0");
  EXPECT_EQ(imported->snapshot.Msr(LogicalCpu{0}, MsrAddress{0x10}), MsrReading(0x1));
  EXPECT_TRUE(imported->snapshot.Cpuid(LogicalCpu{0}, {1}).has_value());
}

TEST(ReadRecording, AForcedFormatIsUsed) {
  const auto forced = ReadRecording({Named("x", kPu)}, &kFirecrackerCsv, {});
  ASSERT_FALSE(forced.has_value());
  EXPECT_THAT(forced.error().message, HasSubstr("MSR_ADDR,VALUE"));

  const auto picked =
      ReadRecording({Found("pu0", kPu), Found("x.csv", kCsv)}, &kFirecrackerCsv, {});
  ASSERT_TRUE(picked.has_value()) << Said(picked.error());
  EXPECT_EQ(Body(picked->snapshot), "cpu 0\nmsr 0x10 = 0x1\n");
  EXPECT_THAT(picked->notes, ElementsAre(HasSubstr("left alone, being no recording: pu0")));
}

TEST(MayBeRecording, TellsByTheBeginning) {
  EXPECT_TRUE(MayBeRecording("vtprobe-dump 1\n"));
  EXPECT_TRUE(MayBeRecording(kPu));
  EXPECT_TRUE(MayBeRecording("\x1f\x8b"));
  EXPECT_FALSE(MayBeRecording(""));
  EXPECT_TRUE(MayBeRecording(std::string(1000, '\0'))) << "what was lost is not left alone";
  EXPECT_FALSE(MayBeRecording(std::string(1000, '\0') + 'x'));
  EXPECT_FALSE(MayBeRecording("y\ny\ny\n"));
}

}  // namespace
}  // namespace vtprobe::import
