// The binary dump: it says what the text says, and believes nothing of what it
// reads.

#include "vtprobe/hal/binary_dump.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>

#include "dump/checksum.h"
#include "vtprobe/hal/dump.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

PlatformSnapshot FromText(const std::string& lines) {
  auto snapshot = ParseDump("vtprobe-dump 1\n" + lines);
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return snapshot ? *std::move(snapshot) : PlatformSnapshot();
}

PlatformSnapshot Machine() {
  return FromText(
      "meta stage = os\nmeta board = \xc3\x9c 1\n"
      "cpu 0-3,8\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x7.0x1 ! not-pinned\nmsr 0x3a = 0xffffffffffffffff\n"
      "cpu 0,2\nmsr 0x17 = 0x1\ncpuid 0x1.0x0 = - 0x2 - 0x4\n"
      "cpu 1,3\nmsr 0x17 ! general-protection\n"
      "cpu 9 offline\nmsr 0x17 = 0x0\ncpu 12\n");
}

// With a size and a checksum that are right, as somebody with bad intentions
// would make them.
std::string Sealed(std::string bytes) {
  const std::uint64_t size = bytes.size();
  if (size < 32) return bytes;
  std::memcpy(bytes.data() + 16, &size, sizeof size);
  const std::uint64_t checksum = Checksum(std::string_view(bytes).substr(32));
  std::memcpy(bytes.data() + 24, &checksum, sizeof checksum);
  return bytes;
}

// The reference values of the algorithm's specification and of its ports.
TEST(BinaryDump, HasTheChecksumThatOthersKnow) {
  EXPECT_EQ(Checksum(""), 0xef46db3751d8e999u);
  EXPECT_EQ(Checksum("a"), 0xd24ec4f1a98c6e5bu);
  EXPECT_EQ(Checksum("abc"), 0x44bc2cf5ad770999u);
  EXPECT_EQ(Checksum("Nobody inspects the spammish repetition"), 0xfbcea83c8a378bf1u);
}

TEST(BinaryDump, SaysWhatWasWritten) {
  for (const PlatformSnapshot& snapshot :
       {PlatformSnapshot(), Machine(), Machine().RestrictedTo(CpuSet{{1, 2}, {9, 9}})}) {
    const std::string bytes = WriteBinaryDump(snapshot);
    EXPECT_TRUE(IsBinaryDump(bytes));
    EXPECT_EQ(bytes.size() % 8, 0u);
    const auto again = ParseBinaryDump(bytes);
    ASSERT_TRUE(again) << again.error().offset << ": " << again.error().message;
    EXPECT_EQ(*again, snapshot);
    EXPECT_EQ(WriteDump(*again), WriteDump(snapshot));
  }
}

TEST(BinaryDump, SaysWhatAnySnapshotSays) {
  std::mt19937 random(3);
  for (int round = 0; round < 50; ++round) {
    SnapshotBuilder builder;
    for (int block = 0; block < 60; ++block) {
      const auto first = static_cast<std::uint32_t>(random() % 200);
      const auto offset = static_cast<std::uint32_t>(random() % 40);
      ASSERT_TRUE(builder.OpenBlock(CpuSet{{first, first}, {first + offset, first + offset}}));
      for (int i = 0; i < 5; ++i) {
        const auto key = static_cast<std::uint32_t>(random() % 30);
        const auto code = kAllAccessCodes[random() % kAllAccessCodes.size()];
        const bool fails = random() % 4 == 0;
        const MsrReading msr = fails ? MsrReading(tl::unexpected(code)) : MsrReading(random());
        const CpuidReading cpuid =
            fails ? CpuidReading(tl::unexpected(code))
                  : CpuidReading(PartialCpuid{{key, 1, 2, 3}, CpuidRegisterMask{0xf}});
        static_cast<void>(builder.AddMsr(MsrAddress{key}, msr));
        static_cast<void>(builder.AddCpuid({key, key % 3}, cpuid));
      }
    }
    const PlatformSnapshot snapshot = builder.Build();
    const auto again = ParseBinaryDump(WriteBinaryDump(snapshot));
    ASSERT_TRUE(again) << again.error().offset << ": " << again.error().message;
    EXPECT_EQ(*again, snapshot);
  }
}

TEST(BinaryDump, EveryChangedByteIsNoticed) {
  const std::string bytes = WriteBinaryDump(Machine());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(ParseBinaryDump(damaged)) << "byte " << i;
  }
}

TEST(BinaryDump, NoPartOfOneIsOne) {
  const std::string bytes = WriteBinaryDump(Machine());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseBinaryDump(std::string_view(bytes).substr(0, size))) << size;
    EXPECT_FALSE(ParseBinaryDump(Sealed(bytes.substr(0, size)))) << size;
  }
  EXPECT_FALSE(ParseBinaryDump(bytes + std::string(8, '\0')));
}

// What has a good checksum and is accepted is a snapshot like any other.
TEST(BinaryDump, ABadNumberUnderAGoodChecksumIsRefusedOrHarmless) {
  const std::string bytes = WriteBinaryDump(Machine());
  std::size_t refused = 0;
  for (std::size_t i = 8; i < bytes.size(); ++i) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string forged = bytes;
      forged[i] = static_cast<char>(forged[i] ^ change);
      const auto snapshot = ParseBinaryDump(Sealed(forged));
      if (!snapshot) {
        EXPECT_LE(snapshot.error().offset, bytes.size());
        ++refused;
        continue;
      }
      const auto again = ParseDump(WriteDump(*snapshot));
      ASSERT_TRUE(again) << "byte " << i << ": " << again.error().message;
      EXPECT_EQ(*again, *snapshot) << "byte " << i;
    }
  }
  EXPECT_GT(refused, bytes.size());
}

TEST(BinaryDump, OneRegisterTwiceIsRefused) {
  std::string bytes =
      WriteBinaryDump(FromText("cpu 0,3\nmsr 0x17 = 0x1\ncpu 1,5\nmsr 0x17 = 0x2\n"));
  ASSERT_TRUE(ParseBinaryDump(bytes));
  // CPU 5 of the second set becomes CPU 3, which the first one has.
  const std::size_t at = bytes.rfind(std::string("\x05\0\0\0\x05\0\0\0", 8));
  ASSERT_NE(at, std::string::npos);
  bytes[at] = bytes[at + 4] = 3;
  const auto refused = ParseBinaryDump(Sealed(bytes));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "one of the CPUs has this register twice");
}

}  // namespace
}  // namespace vtprobe
