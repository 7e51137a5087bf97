// EDK2's own drivers of CPU features, unmodified, from power-on through warm reset and S3.
#include "glue.h"

#include <sys/mman.h>

#include <set>
#include <string>

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

// The server as one of another model: what a model has, EDK2's modules know by its number.
PlatformBuilder ServerOfModel(std::uint32_t signature, std::uint32_t features = 0x7ffefbff) {
  PlatformBuilder server = IntelServer();
  for (std::uint32_t cpu = 0; cpu < 4; ++cpu) {
    server.Cpuid({1}, {signature, cpu << 24 | 4 << 16 | 8 << 8, features, 0xbfebfbff},
                 std::to_string(cpu));
  }
  return server;
}

class CpuFeatures : public testing::Test {
 protected:
  explicit CpuFeatures(PlatformBuilder server = IntelServer())
      : machine_(SimulatedPlatform::SwitchedOn(server)) {}

  void SetUp() override {
    gProcTraceMemSize = 0xff;  // no memory for it
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

  // What each CPU has in the bits of a register.
  void ExpectEach(std::uint32_t address, std::uint64_t bits, std::uint64_t expected) {
    for (const LogicalCpu cpu : machine_.cpus().ToVector()) {
      const auto read = machine_.ReadMsr(cpu, MsrAddress{address});
      ASSERT_TRUE(read.has_value()) << "CPU " << Number(cpu);
      EXPECT_EQ(*read & bits, expected) << "CPU " << Number(cpu);
    }
  }

  SimulatedPlatform machine_;
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

TEST_F(CpuFeatures, SetOnTheBootCpuAloneAreFound) {
  host_.OnBootCpu([] { AsmWriteMsr64(0x3a, 0x5); });
  EXPECT_THAT(machine_, HasState(State::kEnabled).OnCpus("0"));
  EXPECT_THAT(machine_, HasState(State::kUnlocked).OnCpus("1-3"));
}

// Machine checks of one CPU alone, AES locked, x2APIC mode, the banks of machine checks.
TEST_F(CpuFeatures, SetTheirRegistersOnEveryCpu) {
  Boot();
  ExpectEach(0x3a, 0x10ff07, 0x10ff07);  // LOCK, VMX, SENTER, LMCE
  ExpectEach(0x13c, 0x1, 0x1);
  ExpectEach(0x1b, 0xc00, 0xc00);
  ExpectEach(0x400 + 4 * 19, ~std::uint64_t{0}, ~std::uint64_t{0});  // the last bank
}

// Old systems want no leaf above 2: others must not be told so.
TEST_F(CpuFeatures, LimitCpuidWhereThatIsWanted) {
  constexpr std::uint64_t kLimit = 1 << 22;
  Boot();
  ExpectEach(0x1a0, kLimit, 0);
  machine_.PowerCycle();
  Wants(CPU_FEATURE_LIMIT_CPUID_MAX_VAL, true);
  Boot();
  ExpectEach(0x1a0, kLimit, kLimit);
  EXPECT_THAT(machine_, FailsRule("intel.misc_enable.cpuid_limit"));
}

class OfSkylakeServer : public CpuFeatures {
 protected:
  OfSkylakeServer() : CpuFeatures(ServerOfModel(0x50654)) {}
};

// The serial number is the package's: readable, and not locked away.
TEST_F(OfSkylakeServer, AllowTheSerialNumber) {
  Boot();
  ExpectEach(0x4e, 0x3, 0x2);
  machine_.PowerCycle();
  Wants(CPU_FEATURE_PPIN, false);
  Boot();
  ExpectEach(0x4e, 0x3, 0x1);
}

class OfNehalem : public CpuFeatures {
 protected:
  OfNehalem() : CpuFeatures(ServerOfModel(0x106a5, 0x7dfefbff)) {}  // without AES
};

TEST_F(OfNehalem, SwitchC1eForThePackage) {
  Boot();
  ExpectEach(0x1fc, 0x2, 0x2);
  machine_.PowerCycle();
  Wants(CPU_FEATURE_C1E, false);
  Boot();
  ExpectEach(0x1fc, 0x2, 0);
}

// Where the processes of this machine have their memory is above what most models address.
class WithWideAddresses : public CpuFeatures {
 protected:
  WithWideAddresses()
      : CpuFeatures(IntelServer().Cpuid({0x80000008}, {0x3934, 0, 0, 0})) {}
};

TEST_F(WithWideAddresses, TraceEachCpuIntoMemoryOfItsOwn) {
  gProcTraceMemSize = 0;  // 4 KiB
  Wants(CPU_FEATURE_PROC_TRACE, true);
  Boot();
  ExpectEach(0x570, 0x1, 0x1);
  std::set<std::uint64_t> ranges;
  for (const LogicalCpu cpu : machine_.cpus().ToVector()) {
    ranges.insert(machine_.ReadMsr(cpu, MsrAddress{0x560}).value_or(0));
  }
  EXPECT_EQ(ranges.size(), 4u);
  EXPECT_EQ(ranges.count(0), 0u);
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

// SMM's code and data, guarded by SmmCpuFeaturesLib from the second SMI on.
TEST(Smrr, GuardsSmmOnEveryCpu) {
  SimulatedPlatform machine = SimulatedPlatform::SwitchedOn(IntelServer());
  Edk2Host host(gUnitTestHostBaseLib, machine);
  // Where a CPU's first SMI finds its state: [intel/sdm-vol3] 32.4
  void* const state = mmap(reinterpret_cast<void*>(0x30000), 0x10000, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (state == MAP_FAILED) GTEST_SKIP() << "there is no memory at 0x30000";
  UINTN bases[4] = {0x7f000000, 0x7f002000, 0x7f004000, 0x7f006000};
  CPU_HOT_PLUG_DATA smram = {1, 4, nullptr, bases, 0, 0x7f000000, 0x800000};
  host.OnBootCpu([] { CpuFeaturesLibInitialization(); });
  host.OnSmi([&](SimulatedCpu& cpu) {
    SmmCpuFeaturesInitializeProcessor(Number(cpu.number()), cpu.is_boot_cpu(), nullptr, &smram);
  });
  EXPECT_THAT(machine, FailsRule("intel.smrr.enabled"));
  host.OnSmi([](SimulatedCpu& cpu) { SmmCpuFeaturesRendezvousEntry(Number(cpu.number())); });
  EXPECT_THAT(machine, PassesRule("intel.smrr.enabled"));
  EXPECT_THAT(machine, PassesRule("uniform.ia32_smrr"));
  EXPECT_THAT(machine, Holds(registers::kSmrrPhysBase, 0x7f000006));
  EXPECT_THAT(machine, Holds(registers::kSmrrPhysMask, 0xff800800));
  EXPECT_THAT(machine.faults(), IsEmpty());
  munmap(state, 0x10000);
}

}  // namespace
