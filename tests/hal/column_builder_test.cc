// A snapshot put together register by register says what one put together block
// by block says.

#include "vtprobe/hal/column_builder.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

const CpuSet kOnline = {{0, 0}, {3, 4}};
constexpr MsrAddress kLow{0x10};
constexpr MsrAddress kHigh{0x20};

using Given = std::array<const MsrReading*, 3>;

const MsrReading kOne = std::uint64_t{1};
const MsrReading kTwo = std::uint64_t{2};
const MsrReading kFault = tl::unexpected(AccessCode::kGeneralProtection);

TEST(ColumnBuilder, SaysOfEachCpuWhatItGave) {
  ColumnBuilder builder(kOnline);
  ASSERT_TRUE(builder.AddMsr(kLow, Given{&kOne, &kOne, &kOne}));
  ASSERT_TRUE(builder.AddMsr(kHigh, Given{&kOne, nullptr, &kFault}));
  const CpuidReading leaf = PartialCpuid{{1, 2, 3, 4}};
  ASSERT_TRUE(builder.AddCpuid(CpuidLeaf{0x1}, std::array{&leaf, &leaf, &leaf}));
  const PlatformSnapshot snapshot = builder.Build(CpuSet(LogicalCpu{7}), Metadata());

  SnapshotBuilder blocks;
  ASSERT_TRUE(blocks.OpenBlock(kOnline));
  ASSERT_TRUE(blocks.AddMsr(kLow, kOne));
  ASSERT_TRUE(blocks.AddCpuid(CpuidLeaf{0x1}, leaf));
  ASSERT_TRUE(blocks.OpenBlock(CpuSet(LogicalCpu{0})));
  ASSERT_TRUE(blocks.AddMsr(kHigh, kOne));
  ASSERT_TRUE(blocks.OpenBlock(CpuSet(LogicalCpu{4})));
  ASSERT_TRUE(blocks.AddMsr(kHigh, kFault));
  ASSERT_TRUE(blocks.OpenBlock(CpuSet(LogicalCpu{7}), SnapshotBuilder::Presence::kOffline));
  EXPECT_EQ(snapshot, blocks.Build());
  EXPECT_EQ(snapshot.Msr(LogicalCpu{3}, kHigh),
            MsrReading(tl::unexpected(AccessCode::kNotRecorded)));
  EXPECT_EQ(snapshot.Msr(LogicalCpu{4}, kHigh), kFault);
}

TEST(ColumnBuilder, StoresOnceWhatAllGaveAlike) {
  ColumnBuilder builder(kOnline);
  ASSERT_TRUE(builder.AddMsr(kLow, Given{&kTwo, &kTwo, &kTwo}));
  ASSERT_TRUE(builder.AddMsr(kHigh, Given{&kTwo, &kOne, &kTwo}));
  const PlatformSnapshot snapshot = builder.Build({}, Metadata());
  ASSERT_EQ(snapshot.Values(kLow).size(), 1u);
  EXPECT_EQ(snapshot.Values(kLow).front().first, kOnline);
  ASSERT_EQ(snapshot.Values(kHigh).size(), 2u);
  EXPECT_EQ(snapshot.Values(kHigh).front().first, (CpuSet{{0, 0}, {4, 4}}));
}

TEST(ColumnBuilder, RefusesWhatASnapshotCannotMean) {
  ColumnBuilder builder(kOnline);
  ASSERT_TRUE(builder.AddMsr(kHigh, Given{&kOne, &kOne, &kOne}));
  EXPECT_FALSE(builder.AddMsr(kHigh, Given{&kTwo, &kTwo, &kTwo}));
  EXPECT_FALSE(builder.AddMsr(kLow, Given{&kTwo, &kTwo, &kTwo}));
  EXPECT_FALSE(builder.AddMsr(MsrAddress{0x30}, std::array{&kOne}));
  EXPECT_FALSE(builder.AddMsr(MsrAddress{0x30}, Given{}));
  const PlatformSnapshot snapshot = builder.Build(kOnline, Metadata());
  EXPECT_EQ(snapshot.Everything().msrs, std::vector{kHigh});
  EXPECT_EQ(snapshot.Msr(LogicalCpu{0}, kHigh), kOne);
  EXPECT_TRUE(snapshot.offline().empty());
}

TEST(ColumnBuilder, NothingIsAddedOfNoCpu) {
  ColumnBuilder builder{CpuSet()};
  EXPECT_FALSE(builder.AddMsr(kLow, {}));
  EXPECT_TRUE(builder.Build({}, Metadata()).Everything().msrs.empty());
}

}  // namespace
}  // namespace vtprobe
