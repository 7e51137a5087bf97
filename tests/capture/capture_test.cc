// What a capture keeps, what it leaves unread, and how its workers behave.

#include "vtprobe/probes/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "capture/machine.h"
#include "vtprobe/fixtures/mock_readers.h"
#include "vtprobe/hal/fault_injecting_backend.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/probes/selections.h"

namespace vtprobe {
namespace {

using fixtures::MockCpuidReader;
using fixtures::MockMsrReader;
using testing::_;
using testing::NiceMock;
using testing::Return;
using testing::Sequence;
using testing::StrictMock;

constexpr MsrAddress kFeatureControl{0x3a};
constexpr MsrAddress kVmCr{0xc001'0114};
constexpr MsrAddress kUnknownToTheTable{0x39};
constexpr CpuidLeaf kVendor{0x0};
constexpr CpuidLeaf kFeatures{0x1};
constexpr CpuidRegisters kIntel{0x1f, 0x756e6547, 0x6c65746e, 0x49656e69};
constexpr CpuidRegisters kWithVmx{0x506e3, 0, 1u << 5, 0};
constexpr CpuidRegisters kWithoutVmx{0x506e3, 0, 0, 0};

CapturePlan Reading(std::vector<CpuidLeaf> leaves, std::vector<MsrAddress> msrs) {
  CapturePlan plan;
  plan.distinct_apic_ids = false;
  for (const CpuidLeaf leaf : leaves) plan.registers.Add(leaf);
  for (const MsrAddress msr : msrs) plan.registers.Add(msr);
  return plan;
}

TEST(Capture, KeepsWhatEveryCpuAnswered) {
  const PlatformSnapshot machine =
      Machine("cpu 0-1\n" + std::string(kIntelVendor) +
              "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n"
              "cpu 0\nmsr 0x3a = 0x5\ncpu 1\nmsr 0x3a = 0xffffffffffffffff\n");
  ReplayBackend backend(machine);
  CapturePlan plan{.registers = machine.Everything(), .distinct_apic_ids = false};
  EXPECT_EQ(Capture(plan, machine.online(), CpuSet(), Metadata(), backend, backend), machine);
}

// A slow reader that remembers in how many threads it was at a time.
class SlowReader final : public MsrReader {
 public:
  Result<std::uint64_t> ReadMsr(LogicalCpu, MsrAddress) override {
    const int inside = ++inside_;
    most_ = std::max(most_.load(), inside);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --inside_;
    return 0;
  }
  int most() const { return most_; }

 private:
  std::atomic<int> inside_ = 0;
  std::atomic<int> most_ = 0;
};

TEST(Capture, ReadsOneCpuAfterTheOtherIfAskedTo) {
  CapturePlan plan = Reading({}, {kUnknownToTheTable});
  plan.sequential = true;
  NiceMock<MockCpuidReader> cpuid;
  SlowReader msrs;
  Capture(plan, CpuSet{{0, 7}}, CpuSet(), Metadata(), msrs, cpuid);
  EXPECT_EQ(msrs.most(), 1);
}

TEST(Capture, KeepsEachFailureAsWhatItWas) {
  const PlatformSnapshot machine = Machine("cpu 0\n" + std::string(kIntelVendor));
  ReplayBackend replay(machine);
  for (const AccessCode code : kAllAccessCodes) {
    FaultInjectingBackend backend(replay, replay);
    backend.OnEveryCpu().Fail(kUnknownToTheTable, code).Fail(kFeatures, code);
    const PlatformSnapshot captured =
        Capture(Reading({kVendor, kFeatures}, {kUnknownToTheTable}), machine.online(), CpuSet(),
                Metadata(), backend, backend);
    EXPECT_EQ(captured.Msr(LogicalCpu{0}, kUnknownToTheTable), MsrReading(tl::unexpected(code)));
    EXPECT_EQ(captured.Cpuid(LogicalCpu{0}, kFeatures), CpuidReading(tl::unexpected(code)));
  }
}

TEST(Capture, TakesMetadataOverAndDeclaresOfflineCpus) {
  StrictMock<MockMsrReader> msrs;
  StrictMock<MockCpuidReader> cpuid;
  Metadata metadata;
  metadata.Set("board", "a board");
  const PlatformSnapshot captured =
      Capture(Reading({}, {}), CpuSet({{0, 1}}), CpuSet({{2, 3}}), metadata, msrs, cpuid);
  EXPECT_EQ(captured.metadata(), metadata);
  EXPECT_EQ(captured.online(), CpuSet({{0, 1}}));
  EXPECT_EQ(captured.offline(), CpuSet({{2, 3}}));
}

TEST(Capture, ReadsNothingOnOfflineCpus) {
  StrictMock<MockMsrReader> msrs;
  StrictMock<MockCpuidReader> cpuid;
  EXPECT_CALL(cpuid, ReadCpuid(LogicalCpu{0}, kVendor));
  EXPECT_CALL(msrs, ReadMsr(LogicalCpu{0}, kUnknownToTheTable));
  Capture(Reading({kVendor}, {kUnknownToTheTable}), CpuSet(LogicalCpu{0}), CpuSet(LogicalCpu{1}),
          Metadata(), msrs, cpuid);
}

class CaptureGate : public testing::Test {
 protected:
  void Offer(const Result<CpuidRegisters>& features) {
    ON_CALL(cpuid_, ReadCpuid(_, kVendor)).WillByDefault(Return(kIntel));
    ON_CALL(cpuid_, ReadCpuid(_, kFeatures)).WillByDefault(Return(features));
  }

  PlatformSnapshot CaptureFeatureControl(bool absent_msrs = false) {
    // SGX and its leaf 7 count for the gate too.
    CapturePlan plan = Reading({kVendor, kFeatures, {0x7}}, {kFeatureControl});
    plan.absent_msrs = absent_msrs;
    return Capture(plan, CpuSet(LogicalCpu{0}), CpuSet(), Metadata(), msrs_, cpuid_);
  }

  StrictMock<MockMsrReader> msrs_;
  NiceMock<MockCpuidReader> cpuid_;
};

TEST_F(CaptureGate, LeavesAnMsrAloneThatCpuidSaysIsNotThere) {
  Offer(kWithoutVmx);
  ON_CALL(cpuid_, ReadCpuid(_, CpuidLeaf{0x7})).WillByDefault(Return(CpuidRegisters{}));
  const PlatformSnapshot captured = CaptureFeatureControl();
  EXPECT_TRUE(captured.Everything().msrs.empty()) << "nobody asked, so there is no reading";
}

TEST_F(CaptureGate, ReadsItAllTheSameIfToldTo) {
  Offer(kWithoutVmx);
  ON_CALL(cpuid_, ReadCpuid(_, CpuidLeaf{0x7})).WillByDefault(Return(CpuidRegisters{}));
  EXPECT_CALL(msrs_, ReadMsr(LogicalCpu{0}, kFeatureControl)).WillOnce(Return(0x1));
  EXPECT_EQ(CaptureFeatureControl(true).Msr(LogicalCpu{0}, kFeatureControl), 0x1);
}

TEST_F(CaptureGate, ReadsAnMsrThatIsThere) {
  Offer(kWithVmx);
  EXPECT_CALL(msrs_, ReadMsr(LogicalCpu{0}, kFeatureControl)).WillOnce(Return(0x5));
  EXPECT_EQ(CaptureFeatureControl().Msr(LogicalCpu{0}, kFeatureControl), 0x5);
}

// IA32_MTRRCAP[15] announces 0x87, which stands before it.
class CaptureGateInAnMsr : public CaptureGate {
 protected:
  static constexpr MsrAddress kKeyidPartitioning{0x87};
  static constexpr MsrAddress kMtrrCap{0xfe};

  PlatformSnapshot CaptureKeys() {
    Offer(CpuidRegisters{0x806f8, 0, 1u << 5, 1u << 12});
    return Capture(Reading({kVendor, kFeatures}, {kKeyidPartitioning, kMtrrCap}),
                   CpuSet(LogicalCpu{0}), CpuSet(), Metadata(), msrs_, cpuid_);
  }
};

TEST_F(CaptureGateInAnMsr, IsReadBeforeWhatItAnnounces) {
  const Sequence order;
  EXPECT_CALL(msrs_, ReadMsr(_, kMtrrCap)).InSequence(order).WillOnce(Return(0x8000));
  EXPECT_CALL(msrs_, ReadMsr(_, kKeyidPartitioning)).InSequence(order).WillOnce(Return(0x3f));
  EXPECT_EQ(CaptureKeys().Msr(LogicalCpu{0}, kKeyidPartitioning), 0x3f);
}

TEST_F(CaptureGateInAnMsr, LeavesAloneWhatItDoesNotAnnounce) {
  EXPECT_CALL(msrs_, ReadMsr(_, kMtrrCap)).WillOnce(Return(0x7fff));
  EXPECT_EQ(CaptureKeys().Msr(LogicalCpu{0}, kKeyidPartitioning),
            MsrReading(tl::unexpected(AccessCode::kNotRecorded)));
}

TEST_F(CaptureGate, ReadsAnMsrThatMayBeThere) {
  Offer(Fail(AccessCode::kNotPinned));
  EXPECT_CALL(msrs_, ReadMsr(LogicalCpu{0}, kFeatureControl)).WillOnce(Return(0x5));
  EXPECT_EQ(CaptureFeatureControl().Msr(LogicalCpu{0}, kFeatureControl), 0x5);
}

TEST_F(CaptureGate, KeepsToTheVendorsOwnRegisters) {
  Offer(kWithVmx);
  CapturePlan plan = Reading({kVendor, kFeatures, {0x8000'0000}, {0x8000'0001}}, {kVmCr});
  Capture(plan, CpuSet(LogicalCpu{0}), CpuSet(), Metadata(), msrs_, cpuid_);
}

TEST_F(CaptureGate, ReadsAnAddressThatHasNoDefinition) {
  EXPECT_CALL(msrs_, ReadMsr(LogicalCpu{0}, kUnknownToTheTable)).WillOnce(Return(0x1));
  Capture(Reading({}, {kUnknownToTheTable}), CpuSet(LogicalCpu{0}), CpuSet(), Metadata(), msrs_,
          cpuid_);
}

TEST(Capture, ReadsCpuidBeforeMsrs) {
  StrictMock<MockMsrReader> msrs;
  StrictMock<MockCpuidReader> cpuid;
  const Sequence order;
  EXPECT_CALL(cpuid, ReadCpuid(LogicalCpu{0}, kVendor)).InSequence(order).WillOnce(Return(kIntel));
  EXPECT_CALL(cpuid, ReadCpuid(LogicalCpu{0}, kFeatures))
      .InSequence(order)
      .WillOnce(Return(kWithVmx));
  EXPECT_CALL(msrs, ReadMsr(LogicalCpu{0}, kFeatureControl)).InSequence(order).WillOnce(Return(1));
  Capture(Reading({kVendor, kFeatures}, {kFeatureControl}), CpuSet(LogicalCpu{0}), CpuSet(),
          Metadata(), msrs, cpuid);
}

// Counts questions, and notices two at a time for one CPU, which readers need
// not bear.
class CountingMachine final : public MsrReader, public CpuidReader {
 public:
  explicit CountingMachine(std::size_t cpus) : cpus_(cpus) {}

  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override {
    Visit(cpu);
    return std::uint64_t{Number(cpu)} << 32 | Number(address);
  }
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override {
    Visit(cpu);
    return CpuidRegisters{Number(cpu), leaf.leaf, leaf.subleaf, 0};
  }

  int Questions(std::size_t cpu) const { return cpus_[cpu].questions; }
  bool overlapped() const { return overlapped_; }

 private:
  struct Cpu {
    std::atomic<bool> busy = false;
    int questions = 0;  // unguarded: a data race if two workers share a CPU
  };

  void Visit(LogicalCpu cpu) {
    Cpu& asked = cpus_.at(Number(cpu));
    if (asked.busy.exchange(true)) overlapped_ = true;
    ++asked.questions;
    asked.busy = false;
  }

  std::vector<Cpu> cpus_;
  std::atomic<bool> overlapped_ = false;
};

TEST(Capture, AsksEachOfManyCpusEachQuestionOnce) {
  constexpr std::uint32_t kCpus = 300;
  CountingMachine machine(kCpus);
  const PlatformSnapshot captured =
      Capture(Reading({{0x5}, {0xd, 1}}, {kUnknownToTheTable}), CpuSet({{0, kCpus - 1}}), CpuSet(),
              Metadata(), machine, machine);
  EXPECT_FALSE(machine.overlapped());
  for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    ASSERT_EQ(machine.Questions(cpu), 3) << "CPU " << cpu;
    ASSERT_EQ(captured.Msr(LogicalCpu{cpu}, kUnknownToTheTable), std::uint64_t{cpu} << 32 | 0x39);
    ASSERT_EQ(captured.Cpuid(LogicalCpu{cpu}, CpuidLeaf{0xd, 1}),
              CpuidReading(PartialCpuid{{cpu, 0xd, 1, 0}}));
  }
}

TEST(Capture, OnKeptWorkersReadsAnewEachTime) {
  constexpr std::uint32_t kCpus = 40;
  CountingMachine machine(kCpus);
  PinnedWorkers workers;
  const CapturePlan plan = Reading({{0x5}}, {kUnknownToTheTable});
  for (int sweep = 1; sweep <= 3; ++sweep) {
    const PlatformSnapshot captured =
        Capture(plan, CpuSet({{0, kCpus - 1}}), CpuSet(), Metadata(), machine, machine, workers);
    for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
      ASSERT_EQ(machine.Questions(cpu), 2 * sweep) << "CPU " << cpu;
      ASSERT_EQ(captured.Msr(LogicalCpu{cpu}, kUnknownToTheTable), std::uint64_t{cpu} << 32 | 0x39);
    }
  }
}

// A CPU with leaves 0 to 4, one cache, and a serial number.
PlatformSnapshot PentiumIii() {
  SnapshotBuilder builder;
  EXPECT_TRUE(builder.OpenBlock(CpuSet(LogicalCpu{0})));
  const auto answer = [&](CpuidLeaf leaf, CpuidRegisters registers) {
    EXPECT_TRUE(builder.AddCpuid(leaf, PartialCpuid{registers}));
  };
  answer({0x0}, {0x4, 0x756e6547, 0x6c65746e, 0x49656e69});
  answer({0x1}, {0x681, 0, 0, 0});
  answer({0x2}, {0x1, 0, 0, 0});
  answer({0x3}, {0, 0, 0x12345678, 0x9abcdef0});
  answer({0x4, 0}, {0x121, 0, 0, 0});
  answer({0x4, 1}, {0, 0, 0, 0});
  answer({0x8000'0000}, {0, 0, 0, 0});
  return builder.Build();
}

PlatformSnapshot Recorded(bool identifiers) {
  ReplayBackend cpu(PentiumIii());
  return Capture({.registers = {}, .all_cpuid = true, .identifiers = identifiers},
                 CpuSet(LogicalCpu{0}), CpuSet(), Metadata(), cpu, cpu);
}

TEST(Capture, OfAllCpuidFollowsWhatTheLeavesAnnounce) {
  EXPECT_EQ(Recorded(/*identifiers=*/true), PentiumIii());
}

TEST(Capture, LeavesTheSerialNumberOut) {
  const PlatformSnapshot recorded = Recorded(/*identifiers=*/false);
  EXPECT_EQ(recorded.Cpuid(LogicalCpu{0}, {0x3}), tl::unexpected(AccessCode::kNotRecorded));
  EXPECT_FALSE(recorded.Everything().cpuid.contains({0x3}));
  EXPECT_TRUE(recorded.Everything().cpuid.contains({0x4, 1}));
}

TEST(Capture, OfNoCpuIsEmpty) {
  StrictMock<MockMsrReader> msrs;
  StrictMock<MockCpuidReader> cpuid;
  EXPECT_EQ(Capture({.registers = RecordedRegisters(/*identifiers=*/true)}, CpuSet(), CpuSet(),
                    Metadata(), msrs, cpuid),
            PlatformSnapshot());
}

}  // namespace
}  // namespace vtprobe
