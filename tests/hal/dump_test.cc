// Format 1 as recorded-msr-dumps/FORMAT.md states it: what is written is read
// back the same, and what the grammar does not allow is refused at its place.

#include "vtprobe/hal/dump.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/naive_machine.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHeader = "vtprobe-dump 1\n";
constexpr std::string_view kCliExample =
    "vtprobe-dump 1 sealed\n"
    "meta stage = os\n"
    "cpu 0-7\n"
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n"
    "msr 0x3a = 0xff03\n"
    "cpu 8 offline\n"
    "end 8\n";

CpuSet List(std::string_view text) { return *CpuSet::Parse(text); }

PlatformSnapshot Parsed(std::string_view text) {
  auto snapshot = ParseDump(text);
  if (!snapshot) {
    ADD_FAILURE() << snapshot.error().line << ":" << snapshot.error().column << ": "
                  << snapshot.error().message;
    return {};
  }
  return *std::move(snapshot);
}

// A lambda's snapshot, for expected values.
template <typename Say>
PlatformSnapshot Built(Say say) {
  SnapshotBuilder builder;
  say(builder);
  return builder.Build();
}

RC_GTEST_PROP(DumpProperty, WhatIsWrittenIsReadBackTheSame, (const RandomMachine& random)) {
  SnapshotBuilder builder;
  NaiveMachine naive;
  RC_ASSERT(Tell(random, &builder, &naive));
  builder.metadata().Set(meta::kStage, "pre-os");
  const PlatformSnapshot snapshot = builder.Build();
  const std::string text = WriteDump(snapshot);
  const auto again = ParseDump(text);
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == snapshot);
  // One snapshot has one text, however it was put together.
  PlatformSnapshot same = naive.Build();
  same.mutable_metadata().Set(meta::kStage, "pre-os");
  RC_ASSERT(WriteDump(same) == text);
  RC_ASSERT(WriteDump(*again) == text);
}

// Any value that the metadata keep can be written on a line.
RC_GTEST_PROP(DumpProperty, AnyMetadataValueIsReadBackTheSame, (const std::string& value)) {
  PlatformSnapshot snapshot;
  snapshot.mutable_metadata().Set(meta::kBoard, value);
  const auto again = ParseDump(WriteDump(snapshot));
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == snapshot);
}

// Whatever the text is, the answer is a snapshot or a place inside the text.
void MustBeReadOrRefused(const std::string& text) {
  const auto snapshot = ParseDump(text);
  if (snapshot) {
    const auto again = ParseDump(WriteDump(*snapshot));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == *snapshot);
    return;
  }
  const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  RC_ASSERT(snapshot.error().line >= 1u);
  RC_ASSERT(snapshot.error().line <= lines);
  std::string_view line = text;
  for (std::size_t i = 1; i < snapshot.error().line; ++i) line.remove_prefix(line.find('\n') + 1);
  RC_ASSERT(snapshot.error().column >= 1u);
  RC_ASSERT(snapshot.error().column <= line.substr(0, line.find('\n')).size() + 1);
  RC_ASSERT(!snapshot.error().message.empty());
  RC_ASSERT(snapshot.error().message.find('\n') == std::string::npos);
}

RC_GTEST_PROP(DumpProperty, AnyTextIsReadOrRefused, ()) {
  const auto words =
      *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
          "cpu",     "msr", "cpuid", "meta", "offline", "0-3", "1",  "0x3a", "0x5",
          "0x1.0x0", "=",   "!",     "io",   "-",       "#",   "\n", "\n",   "\r\n",
          "\t",      "\r",  "stage", "os",   "\x80",    "",    "0x", ","}));
  std::string text(kHeader);
  for (const std::string& word : words) text += word + ' ';
  MustBeReadOrRefused(text);
}

RC_GTEST_PROP(DumpProperty, ADamagedRecordingIsReadOrRefused, (std::uint8_t byte)) {
  std::string text(kCliExample);
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  text[at] = static_cast<char>(byte);
  MustBeReadOrRefused(text);
  MustBeReadOrRefused(std::string(kCliExample.substr(0, at)));
}

TEST(ParseDump, TheExampleOfTheFormat) {
  const auto expected = Built([](SnapshotBuilder& builder) {
    builder.metadata().Set(meta::kStage, "os");
    ASSERT_TRUE(builder.OpenBlock(List("0-7")));
    ASSERT_TRUE(builder.AddCpuid({0, 0}, PartialCpuid{{0x16, 0x756e6547, 0x6c65746e, 0x49656e69}}));
    ASSERT_TRUE(
        builder.AddCpuid({1, 0}, PartialCpuid{{0x506e3, 0x100800, 0x7ffafbff, 0xbfebfbff}}));
    ASSERT_TRUE(builder.AddMsr(MsrAddress{0x3a}, 0xff03));
    ASSERT_TRUE(builder.OpenBlock(List("8"), Presence::kOffline));
  });
  EXPECT_TRUE(Parsed(kCliExample) == expected);
}

TEST(ParseDump, AHeaderAloneIsAnEmptySnapshot) {
  for (const std::string_view text :
       {"vtprobe-dump 1\n", "vtprobe-dump 1\r\n", "vtprobe-dump\t1  # made by hand",
        "  vtprobe-dump 1 \r", "vtprobe-dump 1\n\n \t\n# nothing\n"}) {
    EXPECT_TRUE(Parsed(text) == PlatformSnapshot()) << text;
  }
}

TEST(ParseDump, BlanksCommentsAndLineEndsSayNothing) {
  const auto plain = Parsed("vtprobe-dump 1\nmeta board = X 1\ncpu 0-3,5\nmsr 0x3a = 0x5\n");
  EXPECT_TRUE(Parsed("vtprobe-dump 1 # one\r\n"
                     "\t meta\tboard  =  X 1 \t# \xff any byte\r\n"
                     "\r\n"
                     "  # a line of its own\n"
                     "cpu 0-3,5#no blank needed\n"
                     "\tmsr 0x3A = 0x0000000000000000000005  \n"
                     "# the end") == plain);
}

TEST(ParseDump, ReadingsOfOneCpuMayStandInSeveralBlocks) {
  const auto one = Parsed("vtprobe-dump 1\ncpu 0-1\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x8b = 0x1\n");
  const auto other =
      Parsed("vtprobe-dump 1\ncpu 1\nmsr 0x8b = 0x1\nmsr 0x3a = 0x5\ncpu 0\nmsr 0x3a = 0x5\n");
  EXPECT_TRUE(one == other);
}

// A value, a failure and nothing stay three things; and so do the registers of
// one leaf.
TEST(ParseDump, ValueFailureAndNothing) {
  const auto snapshot = Parsed(
      "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x0\nmsr 0x480 ! not-recorded\n"
      "cpuid 0x1.0x0 = - - 0x0 -\ncpuid 0x7.0x1 ! not-pinned\n");
  const LogicalCpu cpu{0};
  EXPECT_EQ(snapshot.Msr(cpu, MsrAddress{0x3a}), 0u);
  EXPECT_EQ(snapshot.Msr(cpu, MsrAddress{0x480}), tl::unexpected(AccessCode::kNotRecorded));
  EXPECT_EQ(snapshot.Values(MsrAddress{0x480}).size(), 1u);
  EXPECT_TRUE(snapshot.Values(MsrAddress{0x48b}).empty());
  EXPECT_EQ(snapshot.Cpuid(cpu, {1, 0}), (PartialCpuid{{0, 0, 0, 0}, MaskOf(CpuidRegister::kEcx)}));
  EXPECT_EQ(snapshot.Cpuid(cpu, {7, 1}), tl::unexpected(AccessCode::kNotPinned));
}

TEST(ParseDump, TheLargestNumbers) {
  const auto snapshot = Parsed(
      "vtprobe-dump 1\ncpu 65535\nmsr 0xffffffff = 0xffffffffffffffff\n"
      "cpuid 0xffffffff.0xffffffff = 0xffffffff 0x0 0x0 0x0\n");
  EXPECT_EQ(snapshot.Msr(LogicalCpu{65535}, MsrAddress{0xffff'ffff}), ~std::uint64_t{0});
  EXPECT_EQ(snapshot.Cpuid(LogicalCpu{65535}, {0xffff'ffff, 0xffff'ffff}),
            (PartialCpuid{{0xffff'ffff, 0, 0, 0}}));
}

TEST(ParseDump, EveryErrorNameIsRead) {
  for (const AccessCode code : kAllAccessCodes) {
    const auto snapshot =
        Parsed("vtprobe-dump 1\ncpu 0\nmsr 0x3a ! " + std::string(Name(code)) + "\n");
    EXPECT_EQ(snapshot.Msr(LogicalCpu{0}, MsrAddress{0x3a}), tl::unexpected(code));
  }
}

TEST(ParseDump, AnUnknownKeyIsKept) {
  const auto snapshot = Parsed("vtprobe-dump 1\nmeta rack.unit-7_B = left = right\n");
  EXPECT_EQ(snapshot.metadata().Get("rack.unit-7_B"), "left = right");
}

TEST(ParseDump, AnOfflineCpuMayHaveReadings) {
  const auto snapshot = Parsed("vtprobe-dump 1\ncpu 3 offline\nmsr 0x3a = 0x1\n");
  EXPECT_TRUE(snapshot.online().empty());
  EXPECT_EQ(snapshot.Msr(LogicalCpu{3}, MsrAddress{0x3a}), 1u);
}

// Text that does not parse, and where.
struct Malformed {
  std::string_view text;
  std::size_t line;
  std::size_t column;
  std::string_view message;  // part of it
};

class MalformedDump : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedDump, IsRefusedAtItsPlace) {
  const Malformed& malformed = GetParam();
  const auto snapshot = ParseDump(malformed.text);
  ASSERT_FALSE(snapshot.has_value());
  EXPECT_EQ(snapshot.error().line, malformed.line);
  EXPECT_EQ(snapshot.error().column, malformed.column);
  EXPECT_THAT(snapshot.error().message, HasSubstr(std::string(malformed.message)));
}

// Tests are listed by what this prints.
void PrintTo(const Malformed& malformed, std::ostream* out) {
  *out << testing::PrintToString(malformed.text);
}

using namespace std::string_view_literals;

INSTANTIATE_TEST_SUITE_P(
    FirstLine, MalformedDump,
    testing::Values(Malformed{"", 1, 1, "vtprobe-dump 1"},
                    Malformed{"\nvtprobe-dump 1\n", 1, 1, "vtprobe-dump 1"},
                    Malformed{"# mine\nvtprobe-dump 1\n", 1, 1, "vtprobe-dump 1"},
                    Malformed{"\xef\xbb\xbfvtprobe-dump 1\n", 1, 1, "vtprobe-dump 1"},
                    Malformed{"VTPROBE-DUMP 1\n", 1, 1, "vtprobe-dump 1"},
                    Malformed{"  vtprobe-dump1\n", 1, 3, "vtprobe-dump 1"},
                    Malformed{"vtprobe-dump", 1, 13, "version 1"},
                    Malformed{"vtprobe-dump 3\n", 1, 14, "version 1"},
                    Malformed{"vtprobe-dump 01\n", 1, 14, "version 1"},
                    Malformed{"vtprobe-dump 1.1\n", 1, 14, "version 1"},
                    Malformed{"vtprobe-dump 1 cpu 0\n", 1, 16, "end of the line"},
                    Malformed{"vtprobe-dump 1 seal\n", 1, 16, "sealed"},
                    Malformed{"vtprobe-dump 1 sealed 2\n", 1, 23, "end of the line"},
                    Malformed{"\0\0\0\0"sv, 1, 1, "vtprobe-dump 1"}));

INSTANTIATE_TEST_SUITE_P(
    Keywords, MalformedDump,
    testing::Values(
        Malformed{"vtprobe-dump 1\ncpus 0\n", 2, 1, "meta, cpu, cpuid, msr or end"},
        Malformed{"vtprobe-dump 1\n\n  CPU 0\n", 3, 3, "meta, cpu, cpuid, msr or end"},
        Malformed{"vtprobe-dump 1\nvtprobe-dump 1\n", 2, 1, "meta, cpu, cpuid, msr or end"},
        Malformed{"vtprobe-dump 1\n\0"sv, 2, 1, "meta, cpu, cpuid, msr or end"},
        Malformed{"vtprobe-dump 1\nmsr 0x3a = 0x5\n", 2, 1, "before the first msr"},
        Malformed{"vtprobe-dump 1\ncpuid 0x0.0x0 ! io\n", 2, 1, "before the first cpuid"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmeta stage = os\n", 3, 6, "first cpu line"}));

INSTANTIATE_TEST_SUITE_P(
    CpuLists, MalformedDump,
    testing::Values(Malformed{"vtprobe-dump 1\ncpu\n", 2, 4, "CPU number"},
                    Malformed{"vtprobe-dump 1\ncpu offline\n", 2, 5, "CPU number"},
                    Malformed{"vtprobe-dump 1\ncpu 0x1\n", 2, 6, "','"},
                    Malformed{"vtprobe-dump 1\ncpu -1\n", 2, 5, "CPU number"},
                    Malformed{"vtprobe-dump 1\ncpu 0,\n", 2, 7, "CPU number"},
                    Malformed{"vtprobe-dump 1\ncpu 0-\n", 2, 7, "CPU number"},
                    Malformed{"vtprobe-dump 1\ncpu 0--1\n", 2, 7, "CPU number"},
                    Malformed{"vtprobe-dump 1\ncpu 1-2-3\n", 2, 8, "','"},
                    Malformed{"vtprobe-dump 1\ncpu 0,3-1\n", 2, 7, "N <= M"},
                    Malformed{"vtprobe-dump 1\ncpu 0-3,2\n", 2, 5, "twice"},
                    Malformed{"vtprobe-dump 1\ncpu 65536\n", 2, 5, "65535"},
                    Malformed{"vtprobe-dump 1\ncpu 0-99999999999999999999\n", 2, 7, "65535"},
                    Malformed{"vtprobe-dump 1\ncpu 0, 1\n", 2, 7, "CPU number"},
                    Malformed{"vtprobe-dump 1\ncpu 0 1\n", 2, 7, "offline"},
                    Malformed{"vtprobe-dump 1\ncpu 0 Offline\n", 2, 7, "offline"},
                    Malformed{"vtprobe-dump 1\ncpu 0 offline 1\n", 2, 15, "end of the line"},
                    Malformed{"vtprobe-dump 1\ncpu 0\rcpu 1\n", 2, 6, "offline"},
                    Malformed{"vtprobe-dump 1\ncpu 0\vmsr\n", 2, 6, "','"}));

INSTANTIATE_TEST_SUITE_P(
    Msrs, MalformedDump,
    testing::Values(
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr\n", 3, 4, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 3a = 0x5\n", 3, 5, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0X3a = 0x5\n", 3, 5, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x = 0x5\n", 3, 5, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3g = 0x5\n", 3, 8, "hexadecimal digit"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x100000000 = 0x5\n", 3, 5, "32 bits"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a\n", 3, 9, "\"=\" or \"!\""},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a 0x5\n", 3, 10, "\"=\" or \"!\""},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a =0x5\n", 3, 10, "\"=\" or \"!\""},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a= 0x5\n", 3, 9, "hexadecimal digit"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = \n", 3, 12, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 5\n", 3, 12, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = -0x5\n", 3, 12, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = -\n", 3, 12, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5,\n", 3, 15, "hexadecimal digit"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x10000000000000000\n", 3, 12, "64 bits"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5 0x6\n", 3, 16, "end of the line"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a !\n", 3, 11, "error name"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a ! EIO\n", 3, 12, "general-protection"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a ! io 5\n", 3, 15, "end of the line"}));

INSTANTIATE_TEST_SUITE_P(
    Leaves, MalformedDump,
    testing::Values(
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1 = 0x0 0x0 0x0 0x0\n", 3, 7, "LEAF.SUBLEAF"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid .0x0 = 0x0 0x0 0x0 0x0\n", 3, 7, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1. = 0x0 0x0 0x0 0x0\n", 3, 11, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0.0x0 = 0x0 0x0 0x0 0x0\n", 3, 14,
                  "hexadecimal digit"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x123456789 ! io\n", 3, 11, "32 bits"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0 = 0x0 0x0 0x0\n", 3, 28, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0 = 0x0 0x0 0x0 0x0 -\n", 3, 33,
                  "end of the line"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0 = 0x0 -- 0x0 0x0\n", 3, 21, "0x3a"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0 = 0x0 0x0 0x0 0x100000000\n", 3, 29,
                  "32 bits"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0 ! 0x0\n", 3, 17, "error name"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0 - - - -\n", 3, 15, "\"=\" or \"!\""}));

INSTANTIATE_TEST_SUITE_P(
    Meta, MalformedDump,
    testing::Values(
        Malformed{"vtprobe-dump 1\nmeta\n", 2, 5, "key"},
        Malformed{"vtprobe-dump 1\nmeta = os\n", 2, 6, "key"},
        Malformed{"vtprobe-dump 1\nmeta kernel+ = 6.1\n", 2, 6, "key"},
        Malformed{"vtprobe-dump 1\nmeta k\xc3\xa9y = x\n", 2, 6, "key"},
        Malformed{"vtprobe-dump 1\nmeta kernel 6.1\n", 2, 13, "\"=\""},
        Malformed{"vtprobe-dump 1\nmeta kernel=6.1\n", 2, 6, "key"},
        Malformed{"vtprobe-dump 1\nmeta kernel =\n", 2, 14, "value"},
        Malformed{"vtprobe-dump 1\nmeta kernel = # none\n", 2, 15, "value"},
        Malformed{"vtprobe-dump 1\nmeta stage = os\nmeta stage = os\n", 3, 6, "second time"},
        Malformed{"vtprobe-dump 1\nmeta stage = booted\n", 2, 14, "pre-os, os or guest"},
        Malformed{"vtprobe-dump 1\nmeta provenance = rumour\n", 2, 19, "synthetic"},
        Malformed{"vtprobe-dump 1\nmeta kvm_intel = yes\n", 2, 18, "y, m or n"},
        Malformed{"vtprobe-dump 1\nmeta measured_launch = 1\n", 2, 24, "yes or no"},
        Malformed{"vtprobe-dump 1\nmeta board = A\x01 B\n", 2, 15, "UTF-8"},
        Malformed{"vtprobe-dump 1\nmeta board = A\x7f\n", 2, 15, "UTF-8"},
        Malformed{"vtprobe-dump 1\nmeta board = A \xff\n", 2, 16, "UTF-8"},
        Malformed{"vtprobe-dump 1\nmeta board = \xc0\xaf\n", 2, 14, "UTF-8"},
        Malformed{"vtprobe-dump 1\nmeta board = \xc2\x9bm\n", 2, 14, "UTF-8"},
        Malformed{"vtprobe-dump 1\nmeta board = \xe2\x82", 2, 14, "UTF-8"},
        Malformed{"vtprobe-dump 1\nmeta board = A\0B\n"sv, 2, 15, "UTF-8"}));

// One register of one CPU twice, in every way in which two blocks can meet.
INSTANTIATE_TEST_SUITE_P(
    Duplicates, MalformedDump,
    testing::Values(
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\nmsr 0x3a = 0x5\n", 4, 5, "already"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\nmsr 0x8b = 0x1\nmsr 0x03A ! io\n", 5, 5,
                  "already"},
        Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x7.0x0 ! io\n\ncpuid 0x7.0x0 ! io\n", 5, 7,
                  "already"},
        Malformed{"vtprobe-dump 1\ncpu 0-3\nmsr 0x3a = 0x5\ncpu 3-5\nmsr 0x3a = 0x5\n", 5, 5,
                  "already"},
        Malformed{"vtprobe-dump 1\ncpu 3-5\nmsr 0x3a = 0x5\ncpu 0-3\nmsr 0x3a = 0x5\n", 5, 5,
                  "already"},
        Malformed{"vtprobe-dump 1\ncpu 0-7\nmsr 0x3a = 0x5\ncpu 3\nmsr 0x3a = 0x1\n", 5, 5,
                  "already"},
        Malformed{"vtprobe-dump 1\ncpu 3\nmsr 0x3a = 0x5\ncpu 0-7\nmsr 0x3a = 0x1\n", 5, 5,
                  "already"},
        Malformed{"vtprobe-dump 1\ncpu 0,2,4\nmsr 0x3a = 0x5\ncpu 1,3\nmsr 0x3a = 0x1\ncpu 4-5\n"
                  "msr 0x3a = 0x1\n",
                  7, 5, "already"},
        Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0x5\ncpu 0\n"
                  "msr 0x8b = 0x1\nmsr 0x3a = 0x5\n",
                  8, 5, "already"},
        Malformed{"vtprobe-dump 1\ncpu 9 offline\nmsr 0x3a = 0x5\ncpu 8-9 offline\nmsr 0x3a ! io\n",
                  5, 5, "already"},
        Malformed{"vtprobe-dump 1\ncpu 0-3\ncpu 3 offline\n", 3, 5, "both online and offline"},
        Malformed{"vtprobe-dump 1\ncpu 9 offline\ncpu 0-3\ncpu 0-15\n", 4, 5,
                  "both online and offline"}));

// A number that is cut off is a number, and so is a list.
INSTANTIATE_TEST_SUITE_P(
    LastLines, MalformedDump,
    testing::Values(Malformed{"vtprobe-dump 1", 1, 15, "line end"},
                    Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0xc0010114 = 0x1", 3, 21, "line end"},
                    Malformed{"vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5 \t", 3, 17, "line end"},
                    Malformed{"vtprobe-dump 1\ncpu 0\ncpuid 0x1.0x0 = - - - 0x2", 3, 26,
                              "line end"},
                    Malformed{"vtprobe-dump 1\ncpu 1", 2, 6, "line end"},
                    Malformed{"vtprobe-dump 1\nmeta kernel = 6.1", 2, 18, "line end"}));

INSTANTIATE_TEST_SUITE_P(
    EndMarks, MalformedDump,
    testing::Values(Malformed{"vtprobe-dump 1 sealed\n", 2, 1, "\"end 2\""},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\nmsr 0x3a = 0x5\n", 4, 1, "\"end 4\""},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\n# end 3", 4, 1, "\"end 4\""},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\nen", 3, 1, "msr or end"},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\nend", 3, 4, "expected 3"},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\nend 2\n", 3, 5, "expected 3"},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\nend 03\n", 3, 5, "expected 3"},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\nend 3 3\n", 3, 7, "end of the line"},
                    Malformed{"vtprobe-dump 1 sealed\ncpu 0\nend 3\n\n end 3\n", 5, 2,
                              "nothing behind"},
                    Malformed{"vtprobe-dump 1\ncpu 0\nend 4\n", 3, 5, "expected 3"},
                    Malformed{"vtprobe-dump 1\nend 2\ncpu 0\n", 3, 1, "nothing behind"}));

TEST(ParseDump, AnEndMarkSaysNothingElse) {
  const auto plain = Parsed("vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n");
  for (const std::string_view text :
       {"vtprobe-dump 1 sealed\ncpu 0\nmsr 0x3a = 0x5\nend 4\n",
        "vtprobe-dump 1 sealed\ncpu 0\nmsr 0x3a = 0x5\nend 4",
        "vtprobe-dump 1 sealed # x\r\ncpu 0\r\n\r\nmsr 0x3a = 0x5\r\n  end 5 # x\r\n",
        "vtprobe-dump 1 sealed\ncpu 0\nmsr 0x3a = 0x5\nend 4\n\n # x",
        "vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\nend 4\n"}) {
    EXPECT_TRUE(Parsed(text) == plain) << text;
  }
}

// Wherever a transfer breaks off: only the last line end may be missing.
TEST(WriteDump, WhatIsCutOffIsNoRecording) {
  const std::string text = WriteDump(Parsed(kCliExample));
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_FALSE(ParseDump(text.substr(0, size))) << text.substr(0, size);
  }
}

// What a person wrote is shown, but neither without end nor raw.
TEST(ParseDumpError, QuotesWhatItFound) {
  const auto wrong = ParseDump("vtprobe-dump 1\nc\x1b[31mpu 0\n");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_THAT(wrong.error().message, HasSubstr("\"c?[31mpu\""));
  const auto endless = ParseDump(std::string(kHeader) + std::string(100'000, 'x'));
  ASSERT_FALSE(endless.has_value());
  EXPECT_LT(endless.error().message.size(), 200u);
}

TEST(WriteDump, TheExampleOfTheFormatIsWrittenAsItStands) {
  EXPECT_EQ(WriteDump(Parsed(kCliExample)), kCliExample);
}

TEST(WriteDump, WhatMostCpusShareComesFirst) {
  const auto snapshot = Built([](SnapshotBuilder& builder) {
    for (std::uint32_t cpu = 0; cpu < 3; ++cpu) {
      ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
      ASSERT_TRUE(builder.AddMsr(MsrAddress{0x3a}, 0x5));
      ASSERT_TRUE(builder.AddCpuid({0xb, 0}, PartialCpuid{{1, 2, 0x100, cpu}}));
      ASSERT_TRUE(builder.AddCpuid({1, 0}, PartialCpuid{{0x506e3, 0, 0x20, 0}, 0b0101}));
      ASSERT_TRUE(builder.AddMsr(MsrAddress{0x8b}, tl::unexpected(AccessCode::kIo)));
    }
  });
  EXPECT_EQ(WriteDump(snapshot),
            "vtprobe-dump 1 sealed\n"
            "cpu 0-2\n"
            "cpuid 0x1.0x0 = 0x506e3 - 0x20 -\n"
            "msr 0x3a = 0x5\n"
            "msr 0x8b ! io\n"
            "cpu 0\n"
            "cpuid 0xb.0x0 = 0x1 0x2 0x100 0x0\n"
            "cpu 1\n"
            "cpuid 0xb.0x0 = 0x1 0x2 0x100 0x1\n"
            "cpu 2\n"
            "cpuid 0xb.0x0 = 0x1 0x2 0x100 0x2\n"
            "end 12\n");
}

TEST(WriteDump, OfflineCpusComeLastAndSilentOnesAreNamed) {
  const auto snapshot = Built([](SnapshotBuilder& builder) {
    builder.metadata().Set("z", "first");
    builder.metadata().Set("a", "second");
    ASSERT_TRUE(builder.OpenBlock(List("0-7"), Presence::kOffline));
    ASSERT_TRUE(builder.AddMsr(MsrAddress{0x3a}, 0xFF03));
    ASSERT_TRUE(builder.OpenBlock(List("9,11")));
    ASSERT_TRUE(builder.OpenBlock(List("10")));
    ASSERT_TRUE(builder.AddMsr(MsrAddress{0x3a}, 0xFF03));
    ASSERT_TRUE(builder.OpenBlock(List("12"), Presence::kOffline));
  });
  EXPECT_EQ(WriteDump(snapshot),
            "vtprobe-dump 1 sealed\n"
            "meta z = first\n"
            "meta a = second\n"
            "cpu 9,11\n"
            "cpu 10\n"
            "msr 0x3a = 0xff03\n"
            "cpu 0-7 offline\n"
            "msr 0x3a = 0xff03\n"
            "cpu 12 offline\n"
            "end 10\n");
}

TEST(WriteDump, ManyEqualCpusAreOneBlock) {
  std::string text(kHeader);
  for (int cpu = 0; cpu < 256; ++cpu) text += "cpu " + std::to_string(cpu) + "\nmsr 0x3a = 0x5\n";
  EXPECT_EQ(WriteDump(Parsed(text)), "vtprobe-dump 1 sealed\ncpu 0-255\nmsr 0x3a = 0x5\nend 4\n");
}

}  // namespace
}  // namespace vtprobe
