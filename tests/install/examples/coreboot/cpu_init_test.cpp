// coreboot's own routines, unmodified, with their inline assembly but for CPUID.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vtprobe/fixtures/result_matchers.h>
#include <vtprobe/fixtures/servers.h>
#include <vtprobe/fixtures/trap_host.h>
#include <vtprobe/fixtures/verdict_matchers.h>

extern "C" {
void set_vmx_and_lock(void);
void set_aesni_lock(void);
void set_energy_perf_bias(unsigned char policy);
}

using namespace vtprobe;
using namespace vtprobe::fixtures;
using testing::IsEmpty;
using testing::Not;

namespace {

class CommonInit : public testing::Test {
 protected:
  // With noise where no manual says what power-on leaves.
  SimulatedPlatform machine_ = SimulatedPlatform::SwitchedOn(IntelServer(), {.seed = 7});
  TrapHost host_{machine_};
};

TEST_F(CommonInit, SwitchesVmxOnAfterEveryWayToStart) {
  for (int start = 0; start < 3; ++start) {
    host_.OnEveryCpu(set_vmx_and_lock);
    EXPECT_THAT(machine_, HasState(State::kEnabled).OnCpus("0-3"));
    EXPECT_THAT(machine_, Holds(registers::kFeatureControl, 0x7));
    start == 0 ? machine_.WarmReset() : machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

TEST_F(CommonInit, OnTheBootCpuAloneIsFound) {
  host_.OnBootCpu(set_vmx_and_lock);
  EXPECT_THAT(machine_, HasState(State::kUnlocked).OnCpus("1-3"));
}

TEST_F(CommonInit, LeavesWhatIsLockedAlready) {
  machine_.OnEveryCpu([](SimulatedCpu& cpu) { (void)cpu.WriteMsr(MsrAddress{0x3a}, 0x1); });
  host_.OnEveryCpu(set_vmx_and_lock);
  EXPECT_THAT(machine_, HasState(State::kDisabledLocked));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// The register is a core's: the second thread does not write it.
TEST_F(CommonInit, LocksTheConfigurationOfAesOncePerCoreAfterEveryWayToStart) {
  for (int start = 0; start < 3; ++start) {
    EXPECT_THAT(machine_, Holds(registers::kFeatureConfig, 0));
    host_.OnEveryCpu(set_aesni_lock);
    EXPECT_THAT(machine_, Holds(registers::kFeatureConfig, 0x1));
    EXPECT_EQ(machine_.writes().size(), 2u);
    start == 0 ? machine_.WarmReset() : machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

TEST_F(CommonInit, OnTheBootCpuAloneLeavesTheOtherCoresAesOpen) {
  host_.OnBootCpu(set_aesni_lock);
  EXPECT_THAT(machine_, Holds(registers::kFeatureConfig, 0x1).OnCpus("0-1"));
  EXPECT_THAT(machine_, FailsRule("intel.feature_config.locked"));  // CPUs disagree
}

TEST_F(CommonInit, LeavesAesAsAnotherPhaseLockedIt) {
  constexpr MsrAddress kConfig{0x13c};
  for (const std::uint32_t first_of_core : {0u, 2u}) {
    machine_.OnCpu(LogicalCpu{first_of_core},
                   [](SimulatedCpu& cpu) { (void)cpu.WriteMsr(kConfig, 0x3); });  // AES is off
  }
  host_.OnEveryCpu(set_aesni_lock);
  EXPECT_THAT(machine_, Holds(registers::kFeatureConfig, 0x3));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// It has no lock, and a thread's is its own.
TEST_F(CommonInit, SetsTheEnergyBiasAfterEveryWayToStart) {
  constexpr MsrAddress kEnergyBias{0x1b0};
  for (int start = 0; start < 3; ++start) {
    EXPECT_THAT(machine_, Not(Holds(kEnergyBias, 0x6).InBits(0xf)));
    host_.OnBootCpu([] { set_energy_perf_bias(6); });
    EXPECT_THAT(machine_, Holds(kEnergyBias, 0x6).InBits(0xf).OnCpus("0"));
    host_.OnEveryCpu([] { set_energy_perf_bias(6); });
    EXPECT_THAT(machine_, Holds(kEnergyBias, 0x6).InBits(0xf));
    start == 0 ? machine_.WarmReset() : machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

}  // namespace
