// EDK2's own drivers of CPU features, unmodified, from power-on through warm reset and S3.
#include "glue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vtprobe/fixtures/edk2_host.h>
#include <vtprobe/fixtures/result_matchers.h>
#include <vtprobe/fixtures/servers.h>
#include <vtprobe/fixtures/verdict_matchers.h>

using namespace vtprobe;
using namespace vtprobe::fixtures;
using testing::IsEmpty;

namespace {

class CpuFeatures : public testing::Test {
 protected:
  void SetUp() override {
    for (UINT8& byte : gFeaturesSupport) byte = 0xff;
    for (UINT8& byte : gFeaturesSetting) byte = 0xff;
    Wants(CPU_FEATURE_LIMIT_CPUID_MAX_VAL, false);
    Wants(CPU_FEATURE_PROC_TRACE, false);
  }
  static void Wants(UINT32 feature, bool is_wanted) {
    const UINT8 bit = static_cast<UINT8>(1u << feature % 8);
    UINT8& byte = gFeaturesSetting[feature / 8];
    byte = static_cast<UINT8>(is_wanted ? byte | bit : byte & ~bit);
  }
  // What the PEIM does on the boot CPU.
  void Boot() {
    ResetGlue();
    gCpuS3Data = 0;
    host_.OnBootCpu([] {
      CpuCommonFeaturesLibConstructor();
      CpuFeaturesDetect();
      CpuFeaturesInitialize();
    });
  }

  SimulatedPlatform machine_ = SimulatedPlatform::SwitchedOn(IntelServer());
  Edk2Host<UNIT_TEST_HOST_BASE_LIB> host_{gUnitTestHostBaseLib, machine_};
};

TEST_F(CpuFeatures, AreSetOnEveryCpuAfterEveryWayToStart) {
  Boot();
  EXPECT_THAT(machine_, HasState(State::kEnabled).OnCpus("0-3"));
  machine_.WarmReset();
  Boot();
  EXPECT_THAT(machine_, HasState(State::kEnabled).OnCpus("0-3"));
  machine_.SleepAndWake();
  EXPECT_THAT(machine_, HasState(State::kUnlocked));
  Boot();
  EXPECT_THAT(machine_, HasState(State::kEnabled).OnCpus("0-3"));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

TEST_F(CpuFeatures, AreLeftWhereVmxIsNotWanted) {
  Wants(CPU_FEATURE_VMX, false);
  Wants(CPU_FEATURE_SMX, false);
  Boot();
  EXPECT_THAT(machine_, HasState(State::kDisabledLocked));
}

// It writes where the value differs from what it wants, locked or not: so what another phase
// locked otherwise stops the machine.
TEST_F(CpuFeatures, StopAtALockThatSomebodyElseSet) {
  machine_.OnEveryCpu([](SimulatedCpu& cpu) { (void)cpu.WriteMsr(MsrAddress{0x3a}, 0x1); });
  EXPECT_THROW(Boot(), GeneralProtection);
}

// Of those that have a register: AES locked, x2APIC mode, banks of machine checks.
TEST_F(CpuFeatures, SetTheirRegistersOnEveryCpu) {
  Boot();
  for (const LogicalCpu cpu : machine_.cpus().ToVector()) {
    const auto read = [&](std::uint32_t address) {
      return machine_.ReadMsr(cpu, MsrAddress{address}).value_or(~std::uint64_t{0});
    };
    EXPECT_EQ(read(0x3a) & 0x10ff07, 0x10ff07u) << "LOCK, VMX, SENTER, LMCE";
    EXPECT_EQ(read(0x13c) & 0x1, 0x1u) << "the configuration of AES is locked";
    EXPECT_EQ(read(0x1b) & 0xc00, 0xc00u) << "x2APIC mode";
    EXPECT_EQ(read(0x400 + 4 * 19), ~std::uint64_t{0}) << "the last bank reports all";
  }
}

// Memory types are those of EDK2's MtrrLib.
TEST(Mtrrs, AreSetByMtrrLib) {
  SimulatedPlatform machine = SimulatedPlatform::SwitchedOn(IntelServer(), {.seed = 5});
  Edk2Host host(gUnitTestHostBaseLib, machine);
  host.OnEveryCpu([] {
    MTRR_SETTINGS settings = {};
    settings.MtrrDefType = 0xc06;
    MtrrSetAllMtrrs(&settings);
    EXPECT_EQ(MtrrGetMemoryAttribute(0x80000000), CacheWriteBack);
    EXPECT_EQ(MtrrSetMemoryAttribute(0x80000000, 0x80000000, CacheUncacheable), RETURN_SUCCESS);
  });
  EXPECT_THAT(machine, Holds(registers::kMtrrDefType, 0xc06));
  EXPECT_THAT(machine, Holds(registers::kMtrrPhysBase0, 0x80000000));
  EXPECT_THAT(machine, PassesRule("uniform.mtrrs"));
  EXPECT_THAT(machine.faults(), IsEmpty());
}

}  // namespace
