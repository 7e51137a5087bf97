#include "vtprobe/hal/fault_injecting_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hal/recording_of.h"
#include "vtprobe/fixtures/backend_contract.h"
#include "vtprobe/fixtures/mock_readers.h"
#include "vtprobe/fixtures/result_matchers.h"
#include "vtprobe/hal/replay_backend.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using fixtures::ReadsAs;
using testing::NiceMock;
using testing::Return;

constexpr LogicalCpu kCpu0{0};
constexpr LogicalCpu kCpu3{3};
constexpr MsrAddress kFeatureControl{0x3a};
constexpr MsrAddress kVmxBasic{0x480};
constexpr CpuidLeaf kLeaf0{0, 0};
constexpr CpuidLeaf kLeaf1{1, 0};
constexpr CpuidRegisters kTrueLeaf{1, 2, 3, 4};

// A machine on which every MSR reads 5 and every leaf 1, 2, 3, 4.
class FaultInjectingBackendTest : public testing::Test {
 protected:
  FaultInjectingBackendTest() {
    ON_CALL(msrs_, ReadMsr).WillByDefault(Return(0x5u));
    ON_CALL(cpuid_, ReadCpuid).WillByDefault(Return(kTrueLeaf));
  }

  NiceMock<fixtures::MockMsrReader> msrs_;
  NiceMock<fixtures::MockCpuidReader> cpuid_;
  FaultInjectingBackend machine_{msrs_, cpuid_};
};

TEST_F(FaultInjectingBackendTest, WithoutOrdersEverythingIsHandedThrough) {
  EXPECT_CALL(msrs_, ReadMsr(kCpu3, kFeatureControl));
  EXPECT_CALL(cpuid_, ReadCpuid(kCpu3, kLeaf1));
  EXPECT_THAT(machine_.ReadMsr(kCpu3, kFeatureControl), ReadsAs(0x5u));
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, kLeaf1), ReadsAs(kTrueLeaf));
}

TEST_F(FaultInjectingBackendTest, FailsThisMsrOnTheseCpus) {
  machine_.On(CpuSet{{2, 4}}).Fail(kFeatureControl, AccessCode::kGeneralProtection);
  EXPECT_THAT(machine_.ReadMsr(kCpu3, kFeatureControl), FailsWith(AccessCode::kGeneralProtection));
  EXPECT_THAT(machine_.ReadMsr(kCpu3, kVmxBasic), ReadsAs(0x5u));
  EXPECT_THAT(machine_.ReadMsr(LogicalCpu{5}, kFeatureControl), ReadsAs(0x5u));
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, kLeaf1), ReadsAs(kTrueLeaf));
}

TEST_F(FaultInjectingBackendTest, FailsThisLeafOnTheseCpus) {
  machine_.On(CpuSet(kCpu3)).Fail(kLeaf1, AccessCode::kNotPinned);
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, kLeaf1), FailsWith(AccessCode::kNotPinned));
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, kLeaf0), ReadsAs(kTrueLeaf));
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, {1, 1}), ReadsAs(kTrueLeaf));
  EXPECT_THAT(machine_.ReadCpuid(kCpu0, kLeaf1), ReadsAs(kTrueLeaf));
}

TEST_F(FaultInjectingBackendTest, FailsEverythingOnACpu) {
  machine_.On(CpuSet(kCpu3)).FailEverything(AccessCode::kCpuOffline);
  EXPECT_THAT(machine_.ReadMsr(kCpu3, kVmxBasic), FailsWith(AccessCode::kCpuOffline));
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, kLeaf0), FailsWith(AccessCode::kCpuOffline));
  EXPECT_THAT(machine_.ReadMsr(kCpu0, kVmxBasic), ReadsAs(0x5u));
  EXPECT_THAT(machine_.ReadCpuid(kCpu0, kLeaf0), ReadsAs(kTrueLeaf));
}

TEST_F(FaultInjectingBackendTest, FailsOneDoorAndLeavesTheOther) {
  machine_.OnEveryCpu().FailEveryMsr(AccessCode::kNoDriver);
  for (const std::uint32_t cpu : {0u, 3u, 0xffff'ffffu}) {
    EXPECT_THAT(machine_.ReadMsr(LogicalCpu{cpu}, kVmxBasic), FailsWith(AccessCode::kNoDriver));
    EXPECT_THAT(machine_.ReadCpuid(LogicalCpu{cpu}, kLeaf0), ReadsAs(kTrueLeaf));
  }
}

TEST_F(FaultInjectingBackendTest, FailsEveryLeafAndLeavesTheMsrs) {
  machine_.On(CpuSet(kCpu3)).FailEveryCpuid(AccessCode::kNotPinned);
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, kLeaf0), FailsWith(AccessCode::kNotPinned));
  EXPECT_THAT(machine_.ReadMsr(kCpu3, kVmxBasic), ReadsAs(0x5u));
}

TEST_F(FaultInjectingBackendTest, AnswersSomethingElse) {
  constexpr CpuidRegisters kOther{5, 6, 7, 8};
  machine_.On(CpuSet(kCpu3)).Answer(kFeatureControl, 0x1).Answer(kLeaf1, kOther);
  EXPECT_THAT(machine_.ReadMsr(kCpu3, kFeatureControl), ReadsAs(0x1u));
  EXPECT_THAT(machine_.ReadCpuid(kCpu3, kLeaf1), ReadsAs(kOther));
  EXPECT_THAT(machine_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
}

TEST_F(FaultInjectingBackendTest, DoesNotAskWhatAnOrderAnswers) {
  EXPECT_CALL(msrs_, ReadMsr).Times(0);
  EXPECT_CALL(cpuid_, ReadCpuid).Times(0);
  machine_.OnEveryCpu().FailEverything(AccessCode::kIo).Answer(kFeatureControl, 0x1);
  static_cast<void>(machine_.ReadMsr(kCpu0, kFeatureControl));
  static_cast<void>(machine_.ReadMsr(kCpu0, kVmxBasic));
  static_cast<void>(machine_.ReadCpuid(kCpu0, kLeaf0));
}

TEST_F(FaultInjectingBackendTest, TheLaterOrderCounts) {
  machine_.OnEveryCpu().FailEveryMsr(AccessCode::kNoDriver).Answer(kFeatureControl, 0x1);
  machine_.On(CpuSet(kCpu3)).Fail(kFeatureControl, AccessCode::kGeneralProtection);
  EXPECT_THAT(machine_.ReadMsr(kCpu0, kVmxBasic), FailsWith(AccessCode::kNoDriver));
  EXPECT_THAT(machine_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x1u));
  EXPECT_THAT(machine_.ReadMsr(kCpu3, kFeatureControl), FailsWith(AccessCode::kGeneralProtection));
}

}  // namespace

namespace fixtures {
namespace {

// The recording holds everything, and there are no orders.
template <typename Known>
class TransparentHarness {
 public:
  static constexpr auto& kFailures = kAllAccessCodes;

  explicit TransparentHarness(const Known& known) : replay_(RecordingOf(known)) {}
  FaultInjectingBackend& reader() { return backend_; }

 private:
  ReplayBackend replay_;
  FaultInjectingBackend backend_{replay_, replay_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(FaultInjectingBackendWithoutOrders, MsrBackendContract,
                               TransparentHarness<KnownMsrs>);
INSTANTIATE_TYPED_TEST_SUITE_P(FaultInjectingBackendWithoutOrders, CpuidBackendContract,
                               TransparentHarness<KnownCpuids>);

// The recording is empty, and orders hold everything.
template <typename Known>
class OrderedHarness {
 public:
  static constexpr auto& kFailures = kAllAccessCodes;

  explicit OrderedHarness(const Known& known) {
    for (const auto& [cpu, which, answer] : known) {
      auto orders = backend_.On(CpuSet(cpu));
      if (answer) {
        orders.Answer(which, *answer);
      } else {
        orders.Fail(which, answer.error().code);
      }
    }
  }
  FaultInjectingBackend& reader() { return backend_; }

 private:
  ReplayBackend nothing_{PlatformSnapshot()};
  FaultInjectingBackend backend_{nothing_, nothing_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(FaultInjectingBackendWithOrders, MsrBackendContract,
                               OrderedHarness<KnownMsrs>);
INSTANTIATE_TYPED_TEST_SUITE_P(FaultInjectingBackendWithOrders, CpuidBackendContract,
                               OrderedHarness<KnownCpuids>);

}  // namespace
}  // namespace fixtures
}  // namespace vtprobe
