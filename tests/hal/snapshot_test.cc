// Snapshots against naive ones: what was said is what is found, by CPU, by
// value and by row, however it was said.

#include "vtprobe/hal/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "hal/naive_machine.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr MsrAddress kFeatureControl{0x3a};
constexpr CpuidLeaf kLeaf1{1, 0};
constexpr auto kNothing = AccessCode::kNotRecorded;

CpuSet List(std::string_view text) { return *CpuSet::Parse(text); }

// A machine as both tell it. RC_PRE would discard what can't be told; here a
// difference in that is a failure.
struct Both {
  explicit Both(const RandomMachine& random) {
    SnapshotBuilder builder;
    agree = Tell(random, &builder, &naive);
    snapshot = builder.Build();
  }

  NaiveMachine naive;
  PlatformSnapshot snapshot;
  bool agree = false;
};

template <typename Key, typename Reading>
std::optional<Reading> Find(const std::map<Key, Reading>& readings, const Key& key) {
  const auto found = readings.find(key);
  return found == readings.end() ? std::nullopt : std::optional(found->second);
}

template <typename Key, typename Reading>
Reading OrNothing(const std::map<Key, Reading>& readings, const Key& key) {
  return Find(readings, key).value_or(Reading(tl::unexpected(kNothing)));
}

// Each reading with its CPUs, ordered by lowest CPU.
template <typename Key, typename Reading>
PlatformSnapshot::ByValue<Reading> NaiveValues(const NaiveMachine& machine,
                                               std::map<Key, Reading> NaiveMachine::Cpu::*readings,
                                               const Key& key) {
  PlatformSnapshot::ByValue<Reading> values;
  for (const auto& [number, cpu] : machine.cpus()) {
    const auto reading = Find(cpu.*readings, key);
    if (!reading) continue;
    const CpuSet self(LogicalCpu{number});
    const auto same = std::find_if(values.begin(), values.end(),
                                   [&](const auto& value) { return value.second == *reading; });
    if (same == values.end()) {
      values.emplace_back(self, *reading);
    } else {
      same->first = same->first.Union(self);
    }
  }
  return values;
}

RC_GTEST_PROP(SnapshotProperty, TheBuilderRefusesWhatCanNotBe, (const RandomMachine& random)) {
  RC_ASSERT(Both(random).agree);
}

RC_GTEST_PROP(SnapshotProperty, EveryCpuHasTheReadingsThatWereSaidOfIt,
              (const RandomMachine& random)) {
  const Both both(random);
  RC_ASSERT(both.snapshot.online() == both.naive.Present(Presence::kOnline));
  RC_ASSERT(both.snapshot.offline() == both.naive.Present(Presence::kOffline));
  for (const std::uint32_t number : kSomeCpus) {
    const auto cpu = Find(both.naive.cpus(), number).value_or(NaiveMachine::Cpu{});
    for (const MsrAddress address : kSomeMsrs) {
      RC_ASSERT((both.snapshot.Msr(LogicalCpu{number}, address) == OrNothing(cpu.msrs, address)));
    }
    for (const CpuidLeaf leaf : kSomeLeaves) {
      RC_ASSERT((both.snapshot.Cpuid(LogicalCpu{number}, leaf) == OrNothing(cpu.cpuid, leaf)));
    }
  }
}

RC_GTEST_PROP(SnapshotProperty, ValuesNameEveryCpuOnce, (const RandomMachine& random)) {
  const Both both(random);
  Selection everything;
  for (const MsrAddress address : kSomeMsrs) {
    const auto want = NaiveValues(both.naive, &NaiveMachine::Cpu::msrs, address);
    RC_ASSERT(both.snapshot.Values(address) == want);
    if (!want.empty()) everything.Add(address);
  }
  for (const CpuidLeaf leaf : kSomeLeaves) {
    const auto want = NaiveValues(both.naive, &NaiveMachine::Cpu::cpuid, leaf);
    RC_ASSERT(both.snapshot.Values(leaf) == want);
    if (!want.empty()) everything.Add(leaf);
  }
  RC_ASSERT(both.snapshot.Everything().msrs == everything.msrs);
  RC_ASSERT(both.snapshot.Everything().cpuid == everything.cpuid);
}

CpuidReading Masked(const CpuidReading& reading, CpuidRegisterMask mask) {
  if (!reading) return reading;
  PartialCpuid kept{{}, static_cast<CpuidRegisterMask>(reading->recorded & mask)};
  if ((mask & 1) != 0) kept.registers.eax = reading->registers.eax;
  if ((mask & 2) != 0) kept.registers.ebx = reading->registers.ebx;
  if ((mask & 4) != 0) kept.registers.ecx = reading->registers.ecx;
  if ((mask & 8) != 0) kept.registers.edx = reading->registers.edx;
  return kept;
}

// What is selected of a CPU, with "nothing" kept apart from every reading.
NaiveMachine::Cpu Selected(const NaiveMachine::Cpu& cpu, const Selection& selection) {
  NaiveMachine::Cpu selected;
  for (const MsrAddress address : selection.msrs) {
    if (const auto reading = Find(cpu.msrs, address)) selected.msrs.emplace(address, *reading);
  }
  for (const auto& [leaf, mask] : selection.cpuid) {
    const auto reading = Find(cpu.cpuid, leaf);
    if (reading) selected.cpuid.emplace(leaf, Masked(*reading, mask));
  }
  return selected;
}

RC_GTEST_PROP(SnapshotProperty, RowsGroupTheOnlineCpusThatSayTheSame,
              (const RandomMachine& random, std::uint16_t leaves, std::uint8_t msrs)) {
  const Both both(random);
  Selection selection;
  for (std::size_t i = 0; i < std::size(kSomeLeaves); ++i) {
    const auto mask = static_cast<CpuidRegisterMask>(leaves >> 4 * i & kAllCpuidRegisters);
    if (mask != 0) selection.Add(kSomeLeaves[i], mask);
  }
  for (std::size_t i = 0; i < std::size(kSomeMsrs); ++i) {
    if ((msrs >> i & 1) != 0) selection.Add(kSomeMsrs[i]);
  }

  std::vector<std::pair<NaiveMachine::Cpu, CpuSet>> want;
  for (const auto& [number, cpu] : both.naive.cpus()) {
    if (cpu.presence == Presence::kOffline) continue;
    const NaiveMachine::Cpu selected = Selected(cpu, selection);
    const CpuSet self(LogicalCpu{number});
    const auto same = std::find_if(want.begin(), want.end(),
                                   [&](const auto& row) { return row.first == selected; });
    if (same == want.end()) {
      want.emplace_back(selected, self);
    } else {
      same->second = same->second.Union(self);
    }
  }

  const std::vector<SnapshotRow> rows = both.snapshot.Rows(selection);
  RC_ASSERT(rows.size() == want.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RC_ASSERT(rows[i].cpus() == want[i].second);
    for (const MsrAddress address : kSomeMsrs) {
      RC_ASSERT((rows[i].Msr(address) == OrNothing(want[i].first.msrs, address)));
    }
    for (std::size_t number = 0; number < selection.msrs.size(); ++number) {
      MsrReading reading = 0;
      rows[i].ReadMsr(number, &reading);
      RC_ASSERT((reading == OrNothing(want[i].first.msrs, selection.msrs[number])));
    }
    for (const CpuidLeaf leaf : kSomeLeaves) {
      RC_ASSERT((rows[i].Cpuid(leaf) == OrNothing(want[i].first.cpuid, leaf)));
    }
  }
}

RC_GTEST_PROP(SnapshotProperty, RestrictedToSomeCpusIsAsIfTheOthersHadNeverBeen,
              (const RandomMachine& random, std::uint16_t kept)) {
  Both both(random);
  both.snapshot.mutable_metadata().Set(meta::kStage, "os");
  PlatformSnapshot want = both.naive.RestrictedTo(SomeCpus(kept)).Build();
  want.mutable_metadata().Set(meta::kStage, "os");
  RC_ASSERT(both.snapshot.RestrictedTo(SomeCpus(kept)) == want);
}

RC_GTEST_PROP(SnapshotProperty, BlocksDoNotMatterToEquality, (const RandomMachine& random)) {
  const Both both(random);
  RC_ASSERT(both.snapshot == both.naive.Build());
}

RC_GTEST_PROP(SnapshotProperty, AnotherReadingIsAnotherSnapshot,
              (const RandomMachine& random, std::uint8_t reading)) {
  NaiveMachine silent = Both(random).naive;
  RC_ASSERT(silent.OpenBlock(List("40000"), Presence::kOnline));
  NaiveMachine one = silent;
  RC_ASSERT(one.AddMsr(kFeatureControl, SomeMsrReading(reading)));
  NaiveMachine other = silent;
  RC_ASSERT(other.AddMsr(kFeatureControl, 0x1234));
  RC_ASSERT(!(silent.Build() == one.Build()));
  RC_ASSERT(!(one.Build() == silent.Build()));
  RC_ASSERT(!(one.Build() == other.Build()));
}

TEST(Snapshot, AnEmptyOneHasNothing) {
  const PlatformSnapshot snapshot;
  EXPECT_TRUE(snapshot.online().empty());
  EXPECT_TRUE(snapshot.offline().empty());
  EXPECT_EQ(snapshot.Msr(LogicalCpu{0}, kFeatureControl), tl::unexpected(kNothing));
  EXPECT_EQ(snapshot.Cpuid(LogicalCpu{0}, kLeaf1), tl::unexpected(kNothing));
  EXPECT_THAT(snapshot.Values(kFeatureControl), IsEmpty());
  EXPECT_THAT(snapshot.Everything().msrs, IsEmpty());
  EXPECT_THAT(snapshot.Rows(Selection()), IsEmpty());
  EXPECT_TRUE(snapshot == SnapshotBuilder().Build());
}

TEST(Snapshot, MetadataBelongToIt) {
  SnapshotBuilder builder;
  builder.metadata().Set(meta::kKernel, "6.1.0-13-amd64");
  const PlatformSnapshot snapshot = builder.Build();
  EXPECT_EQ(snapshot.metadata().Get(meta::kKernel), "6.1.0-13-amd64");
  EXPECT_FALSE(snapshot == PlatformSnapshot());
}

TEST(Snapshot, OnlineAndOfflineAreNotTheSame) {
  SnapshotBuilder online;
  ASSERT_TRUE(online.OpenBlock(List("0-3")));
  SnapshotBuilder offline;
  ASSERT_TRUE(offline.OpenBlock(List("0-3"), Presence::kOffline));
  EXPECT_FALSE(online.Build() == offline.Build());
}

TEST(Snapshot, RowsOfNoRegisterAreOneRow) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(List("0-3")));
  ASSERT_TRUE(builder.OpenBlock(List("6")));
  const PlatformSnapshot snapshot = builder.Build();
  const Selection nothing;
  const auto rows = snapshot.Rows(nothing);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].cpus(), List("0-3,6"));
}

TEST(Snapshot, ARowAnswersForWhatWasSelectedOnly) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(List("0")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, 5));
  ASSERT_TRUE(builder.AddMsr(MsrAddress{0x480}, 1));
  ASSERT_TRUE(builder.AddCpuid(kLeaf1, PartialCpuid{{1, 2, 3, 4}}));
  const PlatformSnapshot snapshot = builder.Build();
  Selection selection;
  selection.Add(kFeatureControl);
  selection.Add(kLeaf1, MaskOf(CpuidRegister::kEcx));
  const auto rows = snapshot.Rows(selection);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].Msr(kFeatureControl), 5u);
  EXPECT_EQ(rows[0].Msr(MsrAddress{0x480}), tl::unexpected(kNothing));
  EXPECT_EQ(rows[0].Cpuid(kLeaf1), (PartialCpuid{{0, 0, 3, 0}, MaskOf(CpuidRegister::kEcx)}));
}

// EBX of leaf 1 holds the APIC id: who does not select it does not see it.
TEST(Snapshot, CpusThatDifferInWhatIsNotSelectedAreOneRow) {
  SnapshotBuilder builder;
  for (std::uint32_t cpu = 0; cpu < 4; ++cpu) {
    ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
    ASSERT_TRUE(builder.AddCpuid(kLeaf1, PartialCpuid{{0x506e3, cpu << 24, cpu / 2, 0}}));
    ASSERT_TRUE(builder.AddMsr(kFeatureControl, cpu));
  }
  const PlatformSnapshot snapshot = builder.Build();
  Selection selection;
  selection.Add(kLeaf1, MaskOf(CpuidRegister::kEax) | MaskOf(CpuidRegister::kEcx));
  const auto rows = snapshot.Rows(selection);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].cpus(), List("0-1"));
  EXPECT_EQ(rows[1].cpus(), List("2-3"));
}

TEST(Snapshot, ValuesAreOrderedByLowestCpu) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(List("4-7")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, 0));
  ASSERT_TRUE(builder.OpenBlock(List("1,3")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, tl::unexpected(AccessCode::kIo)));
  ASSERT_TRUE(builder.OpenBlock(List("0")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, 5));
  ASSERT_TRUE(builder.OpenBlock(List("9"), Presence::kOffline));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, 0));
  ASSERT_TRUE(builder.OpenBlock(List("2")));
  EXPECT_THAT(builder.Build().Values(kFeatureControl),
              ElementsAre(Pair(List("0"), MsrReading(5)),
                          Pair(List("1,3"), MsrReading(tl::unexpected(AccessCode::kIo))),
                          Pair(List("4-7,9"), MsrReading(0))));
}

TEST(Snapshot, ReadingsOfSomeCpusNameThoseOfWhichNothingIsRecorded) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(List("0-3")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, 0x5));
  ASSERT_TRUE(builder.OpenBlock(List("4-7")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, tl::unexpected(AccessCode::kIo)));
  ASSERT_TRUE(builder.OpenBlock(List("8-9")));
  const PlatformSnapshot snapshot = builder.Build();
  const MsrReading failed = tl::unexpected(AccessCode::kIo);
  const MsrReading nothing = tl::unexpected(kNothing);
  EXPECT_THAT(snapshot.ReadingsOf(kFeatureControl, List("2-8")),
              ElementsAre(Pair(List("2-3"), MsrReading(0x5)), Pair(List("4-7"), failed),
                          Pair(List("8"), nothing)));
  EXPECT_THAT(snapshot.ReadingsOf(kFeatureControl, List("5")),
              ElementsAre(Pair(List("5"), failed)));
  EXPECT_THAT(snapshot.ReadingsOf(kFeatureControl, CpuSet()), IsEmpty());
  EXPECT_THAT(snapshot.ReadingsOf(MsrAddress{0x480}, List("0-1")),
              ElementsAre(Pair(List("0-1"), nothing)));
}

TEST(SnapshotBuilder, BuildLeavesItEmpty) {
  SnapshotBuilder builder;
  builder.metadata().Set(meta::kStage, "os");
  ASSERT_TRUE(builder.OpenBlock(List("0")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, 5));
  builder.Build();
  EXPECT_TRUE(builder.Build() == PlatformSnapshot());
  ASSERT_TRUE(builder.OpenBlock(List("0"), Presence::kOffline));
  EXPECT_TRUE(builder.AddMsr(kFeatureControl, 1));
}

// A refused block leaves the one before it open.
TEST(SnapshotBuilder, ARefusedBlockIsNotOpened) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(List("0-3"), Presence::kOffline));
  ASSERT_TRUE(builder.OpenBlock(List("8")));
  EXPECT_FALSE(builder.OpenBlock(List("2-4")));
  ASSERT_TRUE(builder.AddMsr(kFeatureControl, 5));
  const PlatformSnapshot snapshot = builder.Build();
  EXPECT_EQ(snapshot.online(), List("8"));
  EXPECT_EQ(snapshot.offline(), List("0-3"));
  EXPECT_EQ(snapshot.Msr(LogicalCpu{8}, kFeatureControl), 5u);
}

// Every second CPU gave a value of its own and the others none: no row may be
// found by looking through all of them.
TEST(Snapshot, RowsOfManyDistinctCpus) {
  SnapshotBuilder builder;
  ASSERT_TRUE(builder.OpenBlock(CpuSet({{0, kMaxCpuNumber}})));
  for (std::uint32_t cpu = 0; cpu <= kMaxCpuNumber; cpu += 2) {
    ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{cpu})));
    ASSERT_TRUE(builder.AddMsr(kFeatureControl, std::uint64_t{cpu} + 1));
    ASSERT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{cpu + 1})));
    ASSERT_TRUE(builder.AddMsr(MsrAddress{0x480}, cpu));
  }
  const PlatformSnapshot snapshot = builder.Build();
  Selection selection;
  selection.Add(kFeatureControl);
  selection.Add(MsrAddress{0x480});
  const auto rows = snapshot.Rows(selection);
  ASSERT_EQ(rows.size(), kMaxCpuNumber + 1);
  EXPECT_EQ(rows[65534].Msr(kFeatureControl), 65535u);
  EXPECT_EQ(rows[65535].Msr(kFeatureControl), tl::unexpected(kNothing));
  EXPECT_EQ(rows[65535].Msr(MsrAddress{0x480}), 65534u);
}

TEST(Selection, AddsEachRegisterOnce) {
  Selection selection;
  selection.Add(MsrAddress{0x480});
  selection.Add(MsrAddress{0x3a});
  selection.Add(MsrAddress{0x480});
  selection.Add(kLeaf1, MaskOf(CpuidRegister::kEcx));
  selection.Add(kLeaf1, MaskOf(CpuidRegister::kEax));
  Selection other;
  other.Add(MsrAddress{0x8b});
  other.Add(CpuidLeaf{0, 0});
  selection.Add(other);
  EXPECT_THAT(selection.msrs, ElementsAre(MsrAddress{0x3a}, MsrAddress{0x8b}, MsrAddress{0x480}));
  EXPECT_THAT(selection.cpuid, ElementsAre(Pair(CpuidLeaf{0, 0}, kAllCpuidRegisters),
                                           Pair(kLeaf1, CpuidRegisterMask{0b0101})));
}

}  // namespace
}  // namespace vtprobe
