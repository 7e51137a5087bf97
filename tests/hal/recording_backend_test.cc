#include "vtprobe/hal/recording_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/recording_of.h"
#include "vtprobe/fixtures/backend_contract.h"
#include "vtprobe/fixtures/mock_readers.h"
#include "vtprobe/fixtures/result_matchers.h"
#include "vtprobe/fixtures/run_together.h"
#include "vtprobe/hal/replay_backend.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using fixtures::ReadsAs;
using testing::Return;
using testing::StrictMock;

constexpr LogicalCpu kCpu0{0};
constexpr LogicalCpu kCpu1{1};
constexpr MsrAddress kFeatureControl{0x3a};
constexpr MsrAddress kVmxBasic{0x480};
constexpr CpuidRegisters kLeaf1{1, 2, 3, 4};

class RecordingBackendTest : public testing::Test {
 protected:
  void MsrAnswers(LogicalCpu cpu, MsrAddress address, const Result<std::uint64_t>& answer) {
    EXPECT_CALL(msrs_, ReadMsr(cpu, address)).WillOnce(Return(answer));
  }

  StrictMock<fixtures::MockMsrReader> msrs_;
  StrictMock<fixtures::MockCpuidReader> cpuid_;
  RecordingBackend backend_{msrs_, cpuid_};
};

TEST_F(RecordingBackendTest, HasRecordedNothingBeforeTheFirstRead) {
  EXPECT_EQ(backend_.Recording(), PlatformSnapshot());
}

TEST_F(RecordingBackendTest, HandsThroughAndKeepsValues) {
  MsrAnswers(kCpu0, kFeatureControl, 0x5u);
  EXPECT_CALL(cpuid_, ReadCpuid(kCpu1, CpuidLeaf{1, 0})).WillOnce(Return(kLeaf1));
  EXPECT_THAT(backend_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
  EXPECT_THAT(backend_.ReadCpuid(kCpu1, {1, 0}), ReadsAs(kLeaf1));

  const PlatformSnapshot recording = backend_.Recording();
  EXPECT_THAT(recording.Msr(kCpu0, kFeatureControl), ReadsAs(0x5u));
  EXPECT_THAT(recording.Cpuid(kCpu1, {1, 0}), ReadsAs(PartialCpuid{kLeaf1}));
  EXPECT_EQ(recording.online(), (CpuSet{{0, 1}}));
}

TEST_F(RecordingBackendTest, HandsAFailureThroughAndKeepsIt) {
  MsrAnswers(kCpu0, kFeatureControl, Fail(AccessCode::kGeneralProtection));
  EXPECT_CALL(cpuid_, ReadCpuid(kCpu0, CpuidLeaf{1, 0}))
      .WillOnce(Return(Result<CpuidRegisters>(Fail(AccessCode::kNotPinned))));
  EXPECT_THAT(backend_.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kGeneralProtection));
  EXPECT_THAT(backend_.ReadCpuid(kCpu0, {1, 0}), FailsWith(AccessCode::kNotPinned));

  const PlatformSnapshot recording = backend_.Recording();
  EXPECT_THAT(recording.Msr(kCpu0, kFeatureControl), FailsWith(AccessCode::kGeneralProtection));
  EXPECT_THAT(recording.Cpuid(kCpu0, {1, 0}), FailsWith(AccessCode::kNotPinned));
}

TEST_F(RecordingBackendTest, KeepsTheFirstOfSeveralReadings) {
  EXPECT_CALL(msrs_, ReadMsr(kCpu0, kFeatureControl))
      .WillOnce(Return(Result<std::uint64_t>(Fail(AccessCode::kIo))))
      .WillOnce(Return(0x5u));
  EXPECT_THAT(backend_.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kIo));
  EXPECT_THAT(backend_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
  EXPECT_THAT(backend_.Recording().Msr(kCpu0, kFeatureControl), FailsWith(AccessCode::kIo));
}

TEST_F(RecordingBackendTest, TellsCpusAndRegistersApart) {
  MsrAnswers(kCpu0, kFeatureControl, 0x5u);
  MsrAnswers(kCpu1, kFeatureControl, 0x1u);
  MsrAnswers(kCpu1, kVmxBasic, Fail(AccessCode::kGeneralProtection));
  for (const LogicalCpu cpu : {kCpu0, kCpu1}) {
    static_cast<void>(backend_.ReadMsr(cpu, kFeatureControl));
  }
  static_cast<void>(backend_.ReadMsr(kCpu1, kVmxBasic));

  SnapshotBuilder expected;
  EXPECT_TRUE(expected.OpenBlock(CpuSet(kCpu0)) && expected.AddMsr(kFeatureControl, 0x5u));
  EXPECT_TRUE(expected.OpenBlock(CpuSet(kCpu1)) && expected.AddMsr(kFeatureControl, 0x1u) &&
              expected.AddMsr(kVmxBasic, tl::unexpected(AccessCode::kGeneralProtection)));
  EXPECT_EQ(backend_.Recording(), expected.Build());
}

// CPUs are stored together only if all four registers agree.
TEST(RecordingBackend, TellsLeavesApartThatDifferInOneRegister) {
  const PlatformSnapshot original =
      RecordingOf(fixtures::KnownCpuids{{LogicalCpu{0}, {1, 0}, CpuidRegisters{1, 2, 3, 4}},
                                        {LogicalCpu{1}, {1, 0}, CpuidRegisters{9, 2, 3, 4}},
                                        {LogicalCpu{2}, {1, 0}, CpuidRegisters{1, 9, 3, 4}},
                                        {LogicalCpu{3}, {1, 0}, CpuidRegisters{1, 2, 9, 4}},
                                        {LogicalCpu{4}, {1, 0}, CpuidRegisters{1, 2, 3, 9}},
                                        {LogicalCpu{5}, {1, 0}, CpuidRegisters{1, 2, 3, 4}}});
  ReplayBackend replay(original);
  RecordingBackend recorder(replay, replay);
  for (std::uint32_t cpu = 0; cpu < 6; ++cpu) {
    static_cast<void>(recorder.ReadCpuid(LogicalCpu{cpu}, {1, 0}));
  }
  EXPECT_EQ(recorder.Recording(), original);
}

// What is recorded, replayed and recorded again is the same.
TEST(RecordingBackend, AReplayOfTheRecordingIsTheSameRun) {
  const PlatformSnapshot original =
      RecordingOf(fixtures::KnownMsrs{{kCpu0, kFeatureControl, 0x5u},
                                      {kCpu1, kFeatureControl, Fail(AccessCode::kCpuOffline)},
                                      {LogicalCpu{4095}, kVmxBasic, 0x00da'0400'0000'0010u}});
  ReplayBackend replay(original);
  RecordingBackend recorder(replay, replay);
  static_cast<void>(recorder.ReadMsr(LogicalCpu{4095}, kVmxBasic));
  static_cast<void>(recorder.ReadMsr(kCpu1, kFeatureControl));
  static_cast<void>(recorder.ReadMsr(kCpu0, kFeatureControl));
  EXPECT_EQ(recorder.Recording(), original);
}

TEST(RecordingBackend, KeepsWhatIsReadAtTheSameTime) {
  constexpr std::uint32_t kCpus = 16;
  constexpr std::uint32_t kRegisters = 64;
  fixtures::KnownMsrs known;
  for (std::uint32_t cpu = 0; cpu < kCpus; ++cpu) {
    for (std::uint32_t i = 0; i < kRegisters; ++i) {
      known.push_back({LogicalCpu{cpu}, MsrAddress{i}, std::uint64_t{cpu} << 32 | i});
    }
  }
  const PlatformSnapshot original = RecordingOf(known);
  ReplayBackend replay(original);
  RecordingBackend recorder(replay, replay);
  fixtures::RunTogether(kCpus, [&](std::size_t cpu) {
    for (std::uint32_t i = 0; i < kRegisters; ++i) {
      static_cast<void>(
          recorder.ReadMsr(LogicalCpu{static_cast<std::uint32_t>(cpu)}, MsrAddress{i}));
    }
  });
  EXPECT_EQ(recorder.Recording(), original);
}

}  // namespace

namespace fixtures {
namespace {

template <typename Known>
class RecordingHarness {
 public:
  static constexpr auto& kFailures = kAllAccessCodes;

  explicit RecordingHarness(const Known& known) : replay_(RecordingOf(known)) {}
  RecordingBackend& reader() { return backend_; }

 private:
  ReplayBackend replay_;
  RecordingBackend backend_{replay_, replay_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(RecordingBackend, MsrBackendContract, RecordingHarness<KnownMsrs>);
INSTANTIATE_TYPED_TEST_SUITE_P(RecordingBackend, CpuidBackendContract,
                               RecordingHarness<KnownCpuids>);

}  // namespace
}  // namespace fixtures
}  // namespace vtprobe
