// What a recording may hold: one more is refused, at its place and with the
// limit named (recorded-msr-dumps/FORMAT.md, Limits).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "vtprobe/hal/binary_dump.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

std::string Keys(int count) {
  std::string text = "vtprobe-dump 1\n";
  for (int i = 0; i < count; ++i) text += "meta key" + std::to_string(i) + " = x\n";
  return text;
}

TEST(DumpLimits, OfKeys) {
  EXPECT_TRUE(ParseDump(Keys(1024)));
  const auto dump = ParseDump(Keys(1025));
  ASSERT_FALSE(dump);
  EXPECT_EQ(dump.error().line, 1026u);
  EXPECT_THAT(dump.error().message, HasSubstr("1024 keys"));
}

TEST(DumpLimits, OfTheTextOfMetadata) {
  const auto text = [](std::size_t value) {
    return "vtprobe-dump 1\nmeta a = x\nmeta k = " + std::string(value, 'x') + '\n';
  };
  constexpr std::size_t kMost =
      (std::size_t{16} << 20) - 3;  // beside both keys and the other value
  EXPECT_TRUE(ParseDump(text(kMost)));
  const auto dump = ParseDump(text(kMost + 1));
  ASSERT_FALSE(dump);
  EXPECT_EQ(dump.error().line, 3u);
  EXPECT_THAT(dump.error().message, HasSubstr("16 MiB"));
}

TEST(DumpLimits, OfRanges) {
  // 32,768 ranges; 128 such lists are all that there may be.
  std::string list = "cpu 0";
  for (int cpu = 2; cpu < 65'536; cpu += 2) list += ',' + std::to_string(cpu);
  std::string text = "vtprobe-dump 1\n";
  for (int i = 0; i < 128; ++i) text += list + '\n';
  const auto dump = ParseDump(text + "cpu 0\n");
  ASSERT_FALSE(dump);
  EXPECT_EQ(dump.error().line, 130u);
  EXPECT_THAT(dump.error().message, HasSubstr("4194304 ranges"));
}

// A list is written once for any number of registers, and is looked at for each.
TEST(DumpLimits, OfRangesOfReadings) {
  std::string text = "vtprobe-dump 1\ncpu 0";
  for (int cpu = 2; cpu < 65'536; cpu += 2) text += ',' + std::to_string(cpu);
  text += '\n';
  // 32,768 ranges, 8,192 times.
  for (int i = 0; i < 8'192; ++i) text += "msr " + std::to_string(i).insert(0, "0x") + " = 0x1\n";
  const auto dump = ParseDump(text);
  ASSERT_TRUE(dump);
  EXPECT_TRUE(ParseBinaryDump(WriteBinaryDump(*dump)));
  const auto more = ParseDump(text + "msr 0xffff0000 = 0x1\n");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().line, 2u + 8'192u + 1u);
  EXPECT_THAT(more.error().message, HasSubstr("268435456 ranges"));
}

TEST(DumpLimits, OfSize) {
  std::string text = "vtprobe-dump 1\n";
  text.resize(std::size_t{128} << 20, '#');
  EXPECT_TRUE(ParseDump(text));
  const auto dump = ParseDump(text + '#');
  ASSERT_FALSE(dump);
  EXPECT_THAT(dump.error().message, HasSubstr("128 MiB"));
}

TEST(DumpLimits, OfBinaryCountsBeforeThereIsRoomForThem) {
  const std::string bytes = WriteBinaryDump(*ParseDump("vtprobe-dump 1\ncpu 0\nmsr 0x3a = 0x5\n"));
  // Where the header counts ([FORMAT.md], The same in binary), and what is said
  // of more.
  const std::pair<std::size_t, const char*> counts[] = {{44, "4194304 ranges"},
                                                        {48, "4194304 ranges"},
                                                        {56, "4194304 readings"},
                                                        {64, "4194304 readings"}};
  for (const auto& [offset, words] : counts) {
    std::string more = bytes;
    more.replace(offset, 4, "\xff\xff\xff\xff");
    const auto dump = ParseBinaryDump(more);
    ASSERT_FALSE(dump);
    EXPECT_THAT(dump.error().message, HasSubstr(words)) << offset;
  }
}

}  // namespace
}  // namespace vtprobe
