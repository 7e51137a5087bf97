// Registers of which some bits are known: what is said of them, that it survives
// every way in which a snapshot is stored and cut, and that nobody gets a value.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

constexpr MsrAddress kSeamrr{0x1401};
constexpr const char* kText =
    "vtprobe-dump 2 sealed\n"
    "cpu 0-2\n"
    "msr 0x1401 = 0x800 known 0x800\n"
    "cpu 3\n"
    "msr 0x1401 = 0x0 known 0xc00\n"
    "cpu 4\n"
    "msr 0x1401 = 0x400\n"
    "end 8\n";

PlatformSnapshot Parsed(const std::string& text) {
  const auto snapshot = ParseDump(text);
  EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
  return snapshot ? *snapshot : PlatformSnapshot();
}

std::string ErrorOf(const std::string& text) {
  const auto snapshot = ParseDump(text);
  if (snapshot) return "none";
  return std::to_string(snapshot.error().line) + ":" + std::to_string(snapshot.error().column) +
         " " + snapshot.error().message;
}

TEST(KnownBits, AreNoValue) {
  const MsrReading reading = Parsed(kText).Msr(LogicalCpu{0}, kSeamrr);
  EXPECT_FALSE(reading.has_value());
  EXPECT_FALSE(reading);
  EXPECT_THROW(static_cast<void>(reading.value()), std::logic_error);
  EXPECT_EQ(reading.error(), AccessCode::kNotRecorded);
  EXPECT_TRUE(reading.IsPartial());
  EXPECT_FALSE(reading.IsUnrecorded());
  EXPECT_TRUE(reading.Knows(0x800));
  EXPECT_FALSE(reading.Knows(0xc00));
  EXPECT_EQ(reading.known_bits(), 0x800u);
}

TEST(KnownBits, OfAValueAreAll) {
  const MsrReading reading = Parsed(kText).Msr(LogicalCpu{4}, kSeamrr);
  EXPECT_EQ(reading.value(), 0x400u);
  EXPECT_TRUE(reading.Knows(~std::uint64_t{0}));
  EXPECT_FALSE(reading.IsPartial());
}

TEST(KnownBits, OfAFailureAreNone) {
  const MsrReading reading = tl::unexpected(AccessCode::kIo);
  EXPECT_EQ(reading.known(), 0u);
  EXPECT_EQ(reading.known_bits(), 0u);
  EXPECT_FALSE(reading.IsPartial());
  EXPECT_FALSE(reading.IsUnrecorded());
  EXPECT_TRUE(reading.Knows(0));
}

TEST(KnownBits, HaveOneFormForTheSame) {
  EXPECT_EQ(MsrReading::OfBits(0xff, 0x3), MsrReading::OfBits(0x3, 0x3));
  EXPECT_EQ(MsrReading::OfBits(0x5, ~std::uint64_t{0}), MsrReading(0x5));
  EXPECT_EQ(MsrReading::OfBits(0x5, 0), MsrReading(tl::unexpected(AccessCode::kNotRecorded)));
  EXPECT_NE(MsrReading::OfBits(0x1, 0x1), MsrReading::OfBits(0x1, 0x3));
  EXPECT_NE(MsrReading::OfBits(0x0, 0x1), MsrReading::OfBits(0x1, 0x1));
}

TEST(KnownBits, AreWrittenAsTheyWereRead) {
  const PlatformSnapshot snapshot = Parsed(kText);
  EXPECT_EQ(WriteDump(snapshot), kText);
  const auto again = ParseBinaryDump(WriteBinaryDump(snapshot));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, snapshot);
  EXPECT_EQ(WriteDump(*again), kText);
}

// Format 1 can say it, so it is written in that.
TEST(KnownBits, AloneMakeFormat2) {
  const PlatformSnapshot whole = Parsed("vtprobe-dump 2\ncpu 4\nmsr 0x1401 = 0x400\n");
  EXPECT_EQ(WriteDump(whole), "vtprobe-dump 1 sealed\ncpu 4\nmsr 0x1401 = 0x400\nend 4\n");
  constexpr std::size_t kVersion = 8;
  EXPECT_EQ(WriteBinaryDump(whole).at(kVersion), 1);
  EXPECT_EQ(WriteBinaryDump(Parsed(kText)).at(kVersion), 2);
  // Value, set and failure take 16 bytes in version 1, and the mask 8 more.
  const PlatformSnapshot part = Parsed("vtprobe-dump 2\ncpu 4\nmsr 0x1401 = 0x400 known 0x400\n");
  EXPECT_EQ(WriteBinaryDump(part).size(), WriteBinaryDump(whole).size() + 8);
}

TEST(KnownBits, TellSnapshotsApart) {
  const PlatformSnapshot one = Parsed("vtprobe-dump 2\ncpu 0\nmsr 0x1 = 0x1 known 0x1\n");
  EXPECT_NE(one, Parsed("vtprobe-dump 2\ncpu 0\nmsr 0x1 = 0x0 known 0x1\n"));
  EXPECT_NE(one, Parsed("vtprobe-dump 2\ncpu 0\nmsr 0x1 = 0x1 known 0x3\n"));
  EXPECT_NE(one, Parsed("vtprobe-dump 2\ncpu 0\nmsr 0x1 = 0x1\n"));
  EXPECT_NE(one, Parsed("vtprobe-dump 2\ncpu 0\nmsr 0x1 ! not-recorded\n"));
}

TEST(KnownBits, TellRowsApart) {
  Selection selection;
  selection.Add(kSeamrr);
  const PlatformSnapshot snapshot = Parsed(kText);
  const auto rows = snapshot.Rows(selection);
  ASSERT_EQ(rows.size(), 3);
  EXPECT_EQ(rows[0].cpus().ToString(), "0-2");
  EXPECT_EQ(rows[0].Msr(kSeamrr), MsrReading::OfBits(0x800, 0x800));
  EXPECT_EQ(rows[1].Msr(kSeamrr), MsrReading::OfBits(0, 0xc00));
  EXPECT_EQ(rows[2].Msr(kSeamrr), MsrReading(0x400));
}

TEST(KnownBits, StayWithTheirCpus) {
  const PlatformSnapshot snapshot = Parsed(kText);
  EXPECT_EQ(WriteDump(snapshot.RestrictedTo(CpuSet({{2, 3}}))),
            "vtprobe-dump 2 sealed\ncpu 2\nmsr 0x1401 = 0x800 known 0x800\n"
            "cpu 3\nmsr 0x1401 = 0x0 known 0xc00\nend 6\n");
  EXPECT_EQ(WriteDump(snapshot.RestrictedTo(CpuSet(LogicalCpu{4}))),
            "vtprobe-dump 1 sealed\ncpu 4\nmsr 0x1401 = 0x400\nend 4\n");
}

TEST(KnownBits, OfARegisterStandOnce) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet({{0, 3}})));
  EXPECT_TRUE(builder.AddMsr(kSeamrr, MsrReading::OfBits(0x1, 0x3)));
  EXPECT_FALSE(builder.AddMsr(kSeamrr, MsrReading::OfBits(0x4, 0x4)));
  EXPECT_FALSE(builder.AddMsr(kSeamrr, 1));
}

TEST(KnownBits, AreRefusedWhereTheySayNothingOrTooMuch) {
  const std::string head = "vtprobe-dump 2\ncpu 0\n";
  EXPECT_EQ(ErrorOf(head + "msr 0x1 = 0x0 known 0x0\n"),
            "3:21 expected some of the bits, neither none nor all");
  EXPECT_EQ(ErrorOf(head + "msr 0x1 = 0x0 known 0xffffffffffffffff\n"),
            "3:21 expected some of the bits, neither none nor all");
  EXPECT_EQ(ErrorOf(head + "msr 0x1 = 0x4 known 0x3\n"),
            "3:11 expected a value without a bit that is not among the known");
  EXPECT_EQ(ErrorOf(head + "msr 0x1 = 0x4 knows 0x4\n"),
            "3:15 expected \"known\" or the end of the line, found \"knows\"");
  EXPECT_EQ(ErrorOf(head + "msr 0x1 = 0x4 known 0x4 0x4\n"),
            "3:25 expected the end of the line, found \"0x4\"");
}

TEST(KnownBits, AreNotOfFormat1) {
  EXPECT_EQ(ErrorOf("vtprobe-dump 1\ncpu 0\nmsr 0x1 = 0x4 known 0x4\n"),
            "3:15 expected the end of the line, found \"known\"");
  EXPECT_EQ(ErrorOf("vtprobe-dump 3\n"),
            "1:14 expected version 1 or 2, those this vtprobe reads, found \"3\"");
}

TEST(KnownBits, MayDifferFromABase) {
  const PlatformSnapshot base = Parsed("vtprobe-dump 1\ncpu 0-1\nmsr 0x3a = 0x5\n");
  const auto whole =
      ParseDumpDifference("vtprobe-difference 2\ncpu 1\nmsr 0x3a = 0x1 known 0x5\n", base);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(WriteDump(*whole),
            "vtprobe-dump 2 sealed\ncpu 0\nmsr 0x3a = 0x5\n"
            "cpu 1\nmsr 0x3a = 0x1 known 0x5\nend 6\n");
  EXPECT_FALSE(
      ParseDumpDifference("vtprobe-difference 1\ncpu 1\nmsr 0x3a = 0x1 known 0x5\n", base));
}

TEST(KnownBits, OfADamagedBinaryAreRefused) {
  const std::string good = WriteBinaryDump(Parsed(kText));
  ASSERT_TRUE(ParseBinaryDump(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(ParseBinaryDump(bad)) << "byte " << i;
  }
}

}  // namespace
}  // namespace vtprobe
