// However CPUs differ, the snapshot says of each what its slot says.

#include "assemble.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vtprobe {
namespace {

constexpr std::uint32_t kCpus = 5;

// Which of some registers a CPU has and what it answers: every CPU of a case
// has a digit of it, so all mixtures of equal, different, failed and absent
// readings come about.
enum Answer { kAbsent, kOne, kTwo, kFailed, kAnswers };

void Give(Answer answer, MsrAddress address, CpuReadings* slot) {
  if (answer == kAbsent) return;
  slot->Add(address, answer == kFailed ? MsrReading(tl::unexpected(AccessCode::kIo))
                                       : MsrReading(std::uint64_t{answer}));
}

MsrReading Expected(Answer answer) {
  if (answer == kAbsent) return tl::unexpected(AccessCode::kNotRecorded);
  if (answer == kFailed) return tl::unexpected(AccessCode::kIo);
  return std::uint64_t{answer};
}

const CpuSet kOnline = {{10, 10 + kCpus - 1}};

TEST(Assemble, SaysOfEachCpuWhatItsSlotSays) {
  constexpr std::uint32_t kMixtures = kAnswers * kAnswers * kAnswers * kAnswers * kAnswers;
  // In this register's place of each slot; others stand before and behind it.
  constexpr MsrAddress kMixed{0x20};
  for (std::uint32_t mixture = 0; mixture < kMixtures; ++mixture) {
    std::vector<CpuReadings> slots(kCpus);
    std::vector<Answer> answers;
    for (std::uint32_t i = 0, rest = mixture; i < kCpus; ++i, rest /= kAnswers) {
      answers.push_back(static_cast<Answer>(rest % kAnswers));
      Give(kOne, MsrAddress{0x10}, &slots[i]);
      Give(answers.back(), kMixed, &slots[i]);
      Give(i == 2 ? kAbsent : kTwo, MsrAddress{0x30}, &slots[i]);
      slots[i].Add(CpuidLeaf{0x1}, PartialCpuid{{i % 2, 0, 0, 0}});
      slots[i].Add(CpuidLeaf{0x7, 1}, PartialCpuid{{7, 7, 7, 7}});
    }
    const PlatformSnapshot snapshot = Assemble(kOnline, slots, CpuSet(), Metadata());
    for (std::uint32_t i = 0; i < kCpus; ++i) {
      const LogicalCpu cpu{10 + i};
      ASSERT_EQ(snapshot.Msr(cpu, MsrAddress{0x10}), Expected(kOne));
      ASSERT_EQ(snapshot.Msr(cpu, kMixed), Expected(answers[i])) << mixture << " CPU " << i;
      ASSERT_EQ(snapshot.Msr(cpu, MsrAddress{0x30}), Expected(i == 2 ? kAbsent : kTwo));
      ASSERT_EQ(snapshot.Cpuid(cpu, CpuidLeaf{0x1}), PartialCpuid({{i % 2, 0, 0, 0}}));
      ASSERT_EQ(snapshot.Cpuid(cpu, CpuidLeaf{0x7, 1}), PartialCpuid({{7, 7, 7, 7}}));
    }
  }
}

TEST(Assemble, KeepsCpusOfWhichNothingWasRead) {
  const PlatformSnapshot snapshot =
      Assemble(kOnline, std::vector<CpuReadings>(kCpus), CpuSet(LogicalCpu{1}), Metadata());
  EXPECT_EQ(snapshot.online(), kOnline);
  EXPECT_EQ(snapshot.offline(), CpuSet(LogicalCpu{1}));
  EXPECT_TRUE(snapshot.Everything().msrs.empty());
}

// Readings may come in any order.
TEST(CpuReadings, AscendHoweverTheyWereAdded) {
  CpuReadings readings;
  for (const std::uint32_t address : {0x30u, 0x10u, 0xc001'0114u, 0x20u}) {
    readings.Add(MsrAddress{address}, std::uint64_t{address});
    readings.Add(CpuidLeaf{0x7, address}, PartialCpuid{{address, 0, 0, 0}});
  }
  std::uint32_t previous = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const MsrAddress address = readings.msrs().keys()[i];
    EXPECT_LT(previous, Number(address));
    EXPECT_EQ(readings.msrs().readings()[i], std::uint64_t{Number(address)});
    EXPECT_EQ(readings.Msr(address), std::uint64_t{Number(address)});
    EXPECT_EQ(readings.cpuid().keys()[i], (CpuidLeaf{0x7, Number(address)}));
    previous = Number(address);
  }
  EXPECT_TRUE(readings.Has(CpuidLeaf{0x7, 0x10}));
  EXPECT_FALSE(readings.Has(CpuidLeaf{0x7, 0x11}));
  EXPECT_EQ(readings.Msr(MsrAddress{0x11}), MsrReading(tl::unexpected(AccessCode::kNotRecorded)));
}

}  // namespace
}  // namespace vtprobe
