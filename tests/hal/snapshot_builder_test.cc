// The builder against the plainest statement of what it does: a map from CPU
// and register to reading, in which nothing may stand twice.

#include "vtprobe/hal/snapshot_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {
namespace {

using Model = std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t>;

bool AddToModel(const CpuSet& cpus, std::uint32_t address, std::uint64_t value, Model* model) {
  for (const LogicalCpu cpu : cpus.ToVector()) {
    if (model->contains({Number(cpu), address})) return false;
  }
  for (const LogicalCpu cpu : cpus.ToVector()) (*model)[{Number(cpu), address}] = value;
  return true;
}

void ExpectEqual(const PlatformSnapshot& snapshot, const Model& model) {
  std::size_t readings = 0;
  for (const MsrAddress address : snapshot.Everything().msrs) {
    for (const auto& [cpus, reading] : snapshot.Values(address)) readings += cpus.Count();
  }
  EXPECT_EQ(readings, model.size());
  for (const auto& [place, value] : model) {
    EXPECT_EQ(snapshot.Msr(LogicalCpu{place.first}, MsrAddress{place.second}), MsrReading(value))
        << "CPU " << place.first << ", MSR " << place.second;
  }
}

// Sets of CPUs that often overlap, in no order, with registers in no order.
TEST(SnapshotBuilder, RefusesExactlyWhatStandsTwice) {
  std::mt19937 random(1);
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  };
  for (int round = 0; round < 40; ++round) {
    const std::uint32_t highest = round % 2 == 0 ? 40 : 3000;
    const std::uint32_t registers = 1 + below(12);
    SnapshotBuilder builder;
    Model model;
    std::size_t refused = 0;
    for (int block = 0; block < 400; ++block) {
      std::vector<CpuSet::Range> ranges;
      for (std::uint32_t i = 0; i <= below(3); ++i) {
        const std::uint32_t first = below(highest);
        ranges.push_back({first, first + below(3)});
      }
      const CpuSet cpus(std::move(ranges));
      ASSERT_TRUE(builder.OpenBlock(cpus));
      for (std::uint32_t i = below(4); i > 0; --i) {
        const std::uint32_t address = below(registers) * 0x1000001;
        const std::uint64_t value = below(5);
        const bool expected = AddToModel(cpus, address, value, &model);
        EXPECT_EQ(builder.AddMsr(MsrAddress{address}, value), expected);
        refused += expected ? 0 : 1;
      }
    }
    EXPECT_GT(refused, 0u);
    ExpectEqual(builder.Build(), model);
  }
}

// Every CPU once for one register in one pass and for another in the next, in
// an order in which no reading lies outside those before it.
TEST(SnapshotBuilder, ManyReadingsOfOneRegisterInNoOrder) {
  constexpr std::uint32_t kCpus = 4096;
  constexpr std::uint32_t kStep = 1879;  // odd, so that each CPU comes once
  SnapshotBuilder builder;
  Model model;
  for (const std::uint32_t address : {1u, 2u}) {
    for (std::uint32_t i = 0; i < kCpus; ++i) {
      const CpuSet cpu(LogicalCpu{i * kStep % kCpus});
      ASSERT_TRUE(builder.OpenBlock(cpu));
      ASSERT_TRUE(builder.AddMsr(MsrAddress{address}, i));
      AddToModel(cpu, address, i, &model);
    }
  }
  for (const std::uint32_t cpu : {0u, 1000u, kCpus - 1}) {
    ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
    EXPECT_FALSE(builder.AddMsr(MsrAddress{1}, 0)) << cpu;
    EXPECT_FALSE(builder.AddMsr(MsrAddress{2}, 0)) << cpu;
    EXPECT_TRUE(builder.AddMsr(MsrAddress{3}, 7)) << cpu;
    AddToModel(CpuSet(LogicalCpu{cpu}), 3, 7, &model);
  }
  ExpectEqual(builder.Build(), model);
}

TEST(SnapshotBuilder, RegistersMayComeInAnyOrder) {
  const auto build = [](const std::vector<std::uint32_t>& addresses) {
    SnapshotBuilder builder;
    for (const std::uint32_t cpu : {0u, 1u}) {
      EXPECT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
      for (const std::uint32_t address : addresses) {
        EXPECT_TRUE(builder.AddMsr(MsrAddress{address}, std::uint64_t{address} + cpu));
        EXPECT_TRUE(builder.AddCpuid({address, cpu}, tl::unexpected(AccessCode::kIo)));
      }
    }
    return builder.Build();
  };
  std::vector<std::uint32_t> addresses;
  for (std::uint32_t i = 0; i < 3000; ++i) addresses.push_back(i * i);
  const PlatformSnapshot ascending = build(addresses);
  std::mt19937 random(2);
  std::shuffle(addresses.begin(), addresses.end(), random);
  EXPECT_EQ(build(addresses), ascending);
}

TEST(SnapshotBuilder, ABlockThatIsRefusedLeavesTheOpenOneOpen) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet({{0, 3}})));
  EXPECT_FALSE(builder.OpenBlock(CpuSet({{3, 4}}), SnapshotBuilder::Presence::kOffline));
  EXPECT_TRUE(builder.AddMsr(MsrAddress{0x3a}, 5));
  const PlatformSnapshot snapshot = builder.Build();
  EXPECT_EQ(snapshot.online(), CpuSet({{0, 3}}));
  EXPECT_TRUE(snapshot.offline().empty());
  EXPECT_EQ(snapshot.Msr(LogicalCpu{3}, MsrAddress{0x3a}), MsrReading(5));
}

// Each failure is one byte beside the value where readings are kept.
TEST(SnapshotBuilder, KeepsEveryFailureAndPartOfAnAnswerApart) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{0})));
  for (const AccessCode code : kAllAccessCodes) {
    const auto number = static_cast<std::uint32_t>(code);
    EXPECT_TRUE(builder.AddMsr(MsrAddress{number}, tl::unexpected(code)));
    EXPECT_TRUE(builder.AddCpuid({number, 0}, tl::unexpected(code)));
  }
  const PartialCpuid part{{1, 0, 3, 0}, 0b0101};
  EXPECT_TRUE(builder.AddCpuid({0x100, 0}, part));
  EXPECT_TRUE(builder.AddMsr(MsrAddress{0x100}, ~std::uint64_t{0}));
  const PlatformSnapshot snapshot = builder.Build();
  for (const AccessCode code : kAllAccessCodes) {
    const auto number = static_cast<std::uint32_t>(code);
    EXPECT_EQ(snapshot.Msr(LogicalCpu{0}, MsrAddress{number}), MsrReading(tl::unexpected(code)));
    EXPECT_EQ(snapshot.Cpuid(LogicalCpu{0}, {number, 0}), CpuidReading(tl::unexpected(code)));
  }
  EXPECT_EQ(snapshot.Cpuid(LogicalCpu{0}, {0x100, 0}), CpuidReading(part));
  EXPECT_EQ(snapshot.Msr(LogicalCpu{0}, MsrAddress{0x100}), MsrReading(~std::uint64_t{0}));
}

}  // namespace
}  // namespace vtprobe
