#include "feature_control.h"

#include <vtprobe/fixtures/platform_builder.h>
#include <vtprobe/fixtures/simulated_platform.h>
#include <vtprobe/fixtures/verdict_matchers.h>

using namespace vtprobe;
using namespace vtprobe::fixtures;
using testing::IsEmpty;

namespace {

// The firmware's view of a simulated CPU.
struct FirmwareCpu {
  SimulatedCpu& cpu;

  std::uint64_t Read(std::uint32_t address) {
    return cpu.ReadMsr(MsrAddress{address}).value_or(~std::uint64_t{0});
  }
  void Write(std::uint32_t address, std::uint64_t value) {
    (void)cpu.WriteMsr(MsrAddress{address}, value);
  }
};

SimulatedPlatform::Firmware Sets(std::uint64_t features) {
  return [features](SimulatedCpu& cpu) {
    FirmwareCpu view{cpu};
    SetFeatureControl(view, features);
  };
}

class FeatureControl : public testing::Test {
 protected:
  SimulatedPlatform machine_ =
      SimulatedPlatform::SwitchedOn(PlatformBuilder::Intel().Cpus(4).Smx());
};

TEST_F(FeatureControl, IsRightOnEveryCpuAfterEveryWayToStart) {
  machine_.OnEveryCpu(Sets(kVmxOutsideSmx));
  EXPECT_THAT(machine_, HasState(State::kEnabled));
  machine_.WarmReset();
  machine_.OnEveryCpu(Sets(kVmxOutsideSmx));
  EXPECT_THAT(machine_, HasState(State::kEnabled));
  machine_.SleepAndWake();
  machine_.OnEveryCpu(Sets(kVmxOutsideSmx));
  EXPECT_THAT(machine_, HasState(State::kEnabled));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// The mistakes, each as the engine sees it.

TEST_F(FeatureControl, LockingOnlyTheBootCpuIsCaught) {
  machine_.OnBootCpu(Sets(kVmxOutsideSmx));
  EXPECT_THAT(machine_, HasState(State::kInconsistent));
  EXPECT_THAT(machine_, HasState(State::kUnlocked).OnCpus("1-3"));
  EXPECT_THAT(machine_, FailsRule("virtualization.uniform").OnCpus("0"));
}

TEST_F(FeatureControl, ForgettingTheLockAfterSleepIsCaught) {
  machine_.OnEveryCpu(Sets(kVmxOutsideSmx));
  machine_.SleepAndWake();
  EXPECT_THAT(machine_, HasState(State::kUnlocked));
  EXPECT_THAT(machine_, FailsRule("virtualization.usable"));
}

TEST_F(FeatureControl, SettingSmxOnlyIsCaught) {
  machine_.OnEveryCpu(Sets(kVmxInSmx));
  EXPECT_THAT(machine_, HasState(State::kEnabledInSmxOnly));
  EXPECT_THAT(machine_, FailsRule("virtualization.usable"));
}

TEST_F(FeatureControl, WritingALockedRegisterIsCaught) {
  machine_.OnEveryCpu(Sets(kVmxOutsideSmx));
  machine_.WarmReset();
  machine_.OnBootCpu([](SimulatedCpu& cpu) {
    (void)cpu.WriteMsr(MsrAddress{kFeatureControlAddress}, kVmxOutsideSmx | kLock);
  });
  EXPECT_THAT(machine_.faults(), testing::SizeIs(1));
}

}  // namespace
