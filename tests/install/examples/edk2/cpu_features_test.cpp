// EDK2's own drivers of CPU features, unmodified, from power-on through warm reset and S3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vtprobe/fixtures/edk2_host.h>
#include <vtprobe/fixtures/edk2_mp_services.h>
#include <vtprobe/fixtures/edk2_pcds.h>
#include <vtprobe/fixtures/memory_at.h>
#include <vtprobe/fixtures/result_matchers.h>
#include <vtprobe/fixtures/servers.h>
#include <vtprobe/fixtures/verdict_matchers.h>

#include <set>
#include <string>
#include <vector>

#include "glue.h"

using namespace vtprobe;
using namespace vtprobe::fixtures;
using testing::IsEmpty;
using testing::Not;

// The platform's PCDs, and the services by which the modules ask for them and start CPUs.
Edk2Pcds pcds;

namespace {

auto pcd_services = Edk2PcdServices<PCD_PPI, pcds>();
auto mp_services = Edk2MpServices<EDKII_PEI_MP_SERVICES2_PPI>();

// The server as one of another model: what a model has, EDK2's modules know by its number.
PlatformBuilder ServerOfModel(std::uint32_t signature, std::uint32_t features = 0x7ffefbff) {
  PlatformBuilder server = IntelServer();
  for (std::uint32_t cpu = 0; cpu < 4; ++cpu) {
    server.Cpuid({1}, {signature, cpu << 24 | 4 << 16 | 8 << 8, features, 0xbfebfbff},
                 std::to_string(cpu));
  }
  return server;
}

PlatformBuilder Skylake() { return ServerOfModel(0x50654); }
PlatformBuilder Nehalem() { return ServerOfModel(0x106a5, 0x7dfefbff); }  // without AES
// Where the processes of this machine have their memory is above what most models address.
PlatformBuilder Wide() { return IntelServer().Cpuid({0x80000008}, {0x3934, 0, 0, 0}); }

EFI_STATUS EFIAPI CountOne(EDKII_PEI_MP_SERVICES2_PPI*, UINTN* all, UINTN* enabled) {
  *all = *enabled = 1;
  return EFI_SUCCESS;
}
EFI_STATUS EFIAPI RunHere(EDKII_PEI_MP_SERVICES2_PPI*, EFI_AP_PROCEDURE code, UINTN, VOID* what) {
  code(what);
  return EFI_SUCCESS;
}

class CpuFeatures : public testing::Test {
 protected:
  explicit CpuFeatures(PlatformBuilder server = IntelServer())
      : machine_(SimulatedPlatform::SwitchedOn(server)) {}

  void SetUp() override {
    host_.pei().Publish(gPcdPpiGuid, &pcd_services);
    host_.pei().Publish(gEdkiiPeiMpServices2PpiGuid, &mp_services);
    Wants(CPU_FEATURE_LIMIT_CPUID_MAX_VAL, false);
    Wants(CPU_FEATURE_PROC_TRACE, false);
  }
  void Wants(UINT32 feature, bool is_wanted) {
    const UINT8 bit = static_cast<UINT8>(1u << feature % 8);
    UINT8& byte = wanted_[feature / 8];
    byte = static_cast<UINT8>(is_wanted ? byte | bit : byte & ~bit);
  }
  // As the platform's DSC has them, and a phase before that knows what woke the machine.
  void DeclarePcds() {
    pcds = Edk2Pcds();
    pcds.DeclareBuffer(PcdToken(PcdCpuFeaturesSupport), std::vector<UINT8>(8, 0xff), 8)
        .DeclareBuffer(PcdToken(PcdCpuFeaturesSetting), wanted_, 8)
        .DeclareBuffer(PcdToken(PcdCpuFeaturesCapability), std::vector<UINT8>(8), 8)
        .Declare(PcdToken(PcdCpuS3DataAddress), UINT64{0})
        .Declare(PcdToken(PcdIsPowerOnReset), is_power_on_)
        .Declare(PcdToken(PcdCpuProcTraceMemSize), trace_size_);
  }
  // What the PEIM does on the boot CPU.
  void Boot() {
    DeclarePcds();
    host_.OnBootCpu([] {
      CpuCommonFeaturesLibConstructor();
      CpuFeaturesDetect();
      CpuFeaturesInitialize();
    });
  }

  // As where the other CPUs are not started.
  void BootOnOneCpu() {
    const EDKII_PEI_MP_SERVICES2_PPI of_all = mp_services;
    mp_services.GetNumberOfProcessors = CountOne;
    mp_services.StartupAllCPUs = RunHere;
    Boot();
    mp_services = of_all;
  }

  // As a phase before did.
  void WriteEach(std::uint32_t address, std::uint64_t value) {
    host_.OnEveryCpu([=] { AsmWriteMsr64(address, value); });
  }

  std::vector<UINT8> wanted_ = std::vector<UINT8>(8, 0xff);
  UINT32 trace_size_ = 0xff;  // no memory for it
  bool is_power_on_ = true;
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
  for (const std::uint64_t locked : {0x1, 0xff07}) {  // all off; all but machine checks of one CPU
    machine_.PowerCycle();
    WriteEach(0x3a, locked);
    EXPECT_THROW(Boot(), GeneralProtection);
  }
}

TEST_F(CpuFeatures, LeaveALockWithAllThatTheyWant) {
  WriteEach(0x3a, 0x10ff07);
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x3a}, 0x10ff07));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// The mode of an APIC can't be left without a reset.
TEST_F(CpuFeatures, GoOnInX2ApicMode) {
  host_.OnEveryCpu([] { AsmWriteMsr64(0x1b, AsmReadMsr64(0x1b) | 0xc00); });
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x1b}, 0xc00).InBits(0xc00));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

TEST_F(CpuFeatures, SetOnTheBootCpuAloneAreFound) {
  BootOnOneCpu();
  EXPECT_THAT(machine_, HasState(State::kEnabled).OnCpus("0"));
  EXPECT_THAT(machine_, HasState(State::kUnlocked).OnCpus("1-3"));
  EXPECT_THAT(machine_, FailsRule("intel.lmce.enabled").OnCpus("0"));  // it differs from most
}

// Machine checks of one CPU alone, AES locked, x2APIC mode, the banks of machine checks.
TEST_F(CpuFeatures, SetTheirRegistersOnEveryCpu) {
  Boot();
  EXPECT_THAT(machine_,
              Holds(MsrAddress{0x3a}, 0x10ff07).InBits(0x10ff07));  // LOCK, VMX, SENTER, LMCE
  EXPECT_THAT(machine_, PassesRule("intel.lmce.enabled"));
  EXPECT_THAT(machine_, Holds(MsrAddress{0x13c}, 0x1).InBits(0x1));
  EXPECT_THAT(machine_, Holds(MsrAddress{0x1b}, 0xc00).InBits(0xc00));
  EXPECT_THAT(machine_, Holds(MsrAddress{0x400 + 4 * 19}, ~std::uint64_t{0}));  // the last bank
}

// What a machine check left can be read after a warm reset; at power-on it is noise.
TEST_F(CpuFeatures, ClearMachineChecksAtPowerOnAlone) {
  constexpr MsrAddress kStatus{0x401};
  machine_ = SimulatedPlatform::SwitchedOn(IntelServer(), {.seed = 3});
  machine_.WarmReset();
  const auto left = machine_.ReadMsr(LogicalCpu{3}, kStatus);
  ASSERT_THAT(left, Not(ReadsAs(0)));
  is_power_on_ = false;
  Boot();
  EXPECT_THAT(machine_.ReadMsr(LogicalCpu{3}, kStatus), ReadsAs(left.value_or(0)));
  machine_.PowerCycle();
  is_power_on_ = true;
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x401}, 0));
}

// Old systems want no leaf above 2: others must not be told so.
TEST_F(CpuFeatures, LimitCpuidWhereThatIsWanted) {
  constexpr std::uint64_t kLimit = 1 << 22;
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x1a0}, 0).InBits(kLimit));
  machine_.PowerCycle();
  Wants(CPU_FEATURE_LIMIT_CPUID_MAX_VAL, true);
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x1a0}, kLimit).InBits(kLimit));
  EXPECT_THAT(machine_, FailsRule("intel.misc_enable.cpuid_limit"));
}

class OfSkylakeServer : public CpuFeatures {
 protected:
  OfSkylakeServer() : CpuFeatures(Skylake()) {}
};

// The serial number is the package's: readable, and not locked away.
TEST_F(OfSkylakeServer, AllowTheSerialNumber) {
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x4e}, 0x2).InBits(0x3));
  machine_.PowerCycle();
  Wants(CPU_FEATURE_PPIN, false);
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x4e}, 0x1).InBits(0x3));
}

TEST_F(OfSkylakeServer, LeaveTheSerialNumberLockedAway) {
  host_.OnBootCpu([] { AsmWriteMsr64(0x4e, 0x1); });
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x4e}, 0x1).InBits(0x3));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

class OfNehalem : public CpuFeatures {
 protected:
  OfNehalem() : CpuFeatures(Nehalem()) {}
};

TEST_F(OfNehalem, SwitchC1eForThePackage) {
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x1fc}, 0x2).InBits(0x2));
  machine_.PowerCycle();
  Wants(CPU_FEATURE_C1E, false);
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x1fc}, 0).InBits(0x2));
}

class WithWideAddresses : public CpuFeatures {
 protected:
  WithWideAddresses() : CpuFeatures(Wide()) {}
};

TEST_F(WithWideAddresses, TraceEachCpuIntoMemoryOfItsOwn) {
  trace_size_ = 0;  // 4 KiB
  Wants(CPU_FEATURE_PROC_TRACE, true);
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x570}, 0x1).InBits(0x1));
  std::set<std::uint64_t> ranges;
  for (const LogicalCpu cpu : machine_.cpus().ToVector()) {
    ranges.insert(machine_.ReadMsr(cpu, MsrAddress{0x560}).value_or(0));
  }
  EXPECT_EQ(ranges.size(), 4u);
  EXPECT_EQ(ranges.count(0), 0u);
}

// Its registers take nothing while it runs: a trace that is on already is ended first.
TEST_F(WithWideAddresses, TraceAnewWhereATraceIsOn) {
  trace_size_ = 0;
  Wants(CPU_FEATURE_PROC_TRACE, true);
  WriteEach(0x560, 0x7f000000);
  WriteEach(0x570, 0x200d);
  Boot();
  EXPECT_THAT(machine_, Holds(MsrAddress{0x570}, 0x1).InBits(0x1));
  for (const LogicalCpu cpu : machine_.cpus().ToVector()) {
    EXPECT_THAT(machine_.ReadMsr(cpu, MsrAddress{0x560}), Not(ReadsAs(0x7f000000)));
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// A module, and what its register has on a CPU that it was run on.
struct Module {
  const char* name;
  PlatformBuilder (*machine)();
  std::uint32_t address;
  std::uint64_t bits;
  std::uint64_t at_start;
  std::uint64_t set;
  const char* shared_with;  // the CPUs that have one register with the boot CPU
  // The rule that notices where it ran on the boot CPU alone. Without one: the register is the
  // package's, or no server has to have it so (banks that report what goes wrong, a trace).
  const char* rule = nullptr;
  // Passes where it ran on all.
  const char* passes = nullptr;
  bool stays = false;  // through a warm reset
  // What another phase left that the module must live with: with its lock, where it has one.
  std::uint64_t done_already = 0;

  friend void PrintTo(const Module& module, std::ostream* out) { *out << module.name; }
};

constexpr std::uint64_t kAllBits = ~std::uint64_t{0};
const Module kModules[] = {
    {.name = "FeatureControl",
     .machine = IntelServer,
     .address = 0x3a,
     .bits = 0xff07,
     .at_start = 0,
     .set = 0xff07,
     .shared_with = "0",
     .rule = "virtualization.uniform",
     .passes = "virtualization.usable",
     .stays = true,
     .done_already = 0x10ff07},
    {.name = "Lmce",
     .machine = IntelServer,
     .address = 0x3a,
     .bits = 0x100000,
     .at_start = 0,
     .set = 0x100000,
     .shared_with = "0",
     .rule = "intel.lmce.enabled",
     .passes = "intel.lmce.enabled",
     .stays = true,
     .done_already = 0x10ff07},
    {.name = "MachineCheckBanks",
     .machine = IntelServer,
     .address = 0x400,
     .bits = kAllBits,
     .at_start = 0,
     .set = kAllBits,
     .shared_with = "0",
     .done_already = kAllBits},
    {.name = "Aesni",
     .machine = IntelServer,
     .address = 0x13c,
     .bits = 0x3,
     .at_start = 0,
     .set = 0x1,
     .shared_with = "0-1",
     .rule = "intel.feature_config.locked",
     .passes = "intel.feature_config.locked",
     .done_already = 0x1},
    {.name = "Ppin",
     .machine = Skylake,
     .address = 0x4e,
     .bits = 0x3,
     .at_start = 0,
     .set = 0x2,
     .shared_with = "0-3",
     .done_already = 0x2},
    {.name = "C1e",
     .machine = Nehalem,
     .address = 0x1fc,
     .bits = 0x2,
     .at_start = 0,
     .set = 0x2,
     .shared_with = "0-3",
     .done_already = 0x2},
    {.name = "LimitCpuIdMaxval",
     .machine = IntelServer,
     .address = 0x1a0,
     .bits = 1 << 22,
     .at_start = 0,
     .set = 1 << 22,
     .shared_with = "0",
     .rule = "uniform.ia32_misc_enable",
     .passes = "uniform.ia32_misc_enable",
     .done_already = 1 << 22},
    {.name = "X2Apic",
     .machine = IntelServer,
     .address = 0x1b,
     .bits = 0xc00,
     .at_start = 0x800,
     .set = 0xc00,
     .shared_with = "0",
     .rule = "uniform.ia32_apic_base",
     .passes = "uniform.ia32_apic_base",
     .done_already = 0xfee00c00},
    {.name = "ProcTrace",
     .machine = Wide,
     .address = 0x570,
     .bits = 0x1,
     .at_start = 0,
     .set = 0x1,
     .shared_with = "0",
     .done_already = 0x200d},
};

class EachModule : public CpuFeatures, public testing::WithParamInterface<Module> {
 protected:
  EachModule() : CpuFeatures(GetParam().machine()) {}
  void SetUp() override {
    CpuFeatures::SetUp();
    trace_size_ = 0;
    Wants(CPU_FEATURE_LIMIT_CPUID_MAX_VAL, GetParam().address == 0x1a0);
    Wants(CPU_FEATURE_PROC_TRACE, GetParam().address == 0x570);
  }
  static HoldsMatcher HasItsBits(std::uint64_t value) {
    return Holds(MsrAddress{GetParam().address}, value).InBits(GetParam().bits);
  }
  void ExpectSet() {
    EXPECT_THAT(machine_, HasItsBits(GetParam().set));
    if (GetParam().passes == nullptr) return;
    EXPECT_THAT(machine_, PassesRule(GetParam().passes));
  }
};

TEST_P(EachModule, SetsItsRegisterAfterEveryWayToStart) {
  const Module& module = GetParam();
  EXPECT_THAT(machine_, HasItsBits(module.at_start));
  Boot();
  ExpectSet();
  machine_.WarmReset();
  EXPECT_THAT(machine_, HasItsBits(module.stays ? module.set : module.at_start));
  Boot();
  ExpectSet();
  machine_.SleepAndWake();
  EXPECT_THAT(machine_, HasItsBits(module.at_start));
  Boot();
  ExpectSet();
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// Where the register is not the package's, the others are found to be as they started.
TEST_P(EachModule, OnTheBootCpuAloneIsFound) {
  const Module& module = GetParam();
  BootOnOneCpu();
  EXPECT_THAT(machine_, HasItsBits(module.set).OnCpus(module.shared_with));
  const CpuSet others = machine_.cpus().Difference(*CpuSet::Parse(module.shared_with));
  EXPECT_THAT(machine_, HasItsBits(module.at_start).OnCpus(others.ToString()));
  EXPECT_THAT(machine_.faults(), IsEmpty());
  if (module.rule == nullptr) return;
  EXPECT_THAT(machine_, FailsRule(module.rule));
}

// Another phase did it, and locked it where that can be: nothing is written that would fault.
TEST_P(EachModule, LivesWithWhatIsDoneAlready) {
  const Module& module = GetParam();
  if (module.address == 0x570) WriteEach(0x560, 0x7f000000);  // where the trace goes
  host_.OnEveryCpu([&module] {
    if (AsmReadMsr64(module.address) == module.done_already) return;  // another thread's, too
    AsmWriteMsr64(module.address, module.done_already);
  });
  Boot();
  ExpectSet();
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, EachModule, testing::ValuesIn(kModules),
                         [](const auto& info) { return std::string(info.param.name); });

// Memory types are those of EDK2's MtrrLib.
class Mtrrs : public testing::Test {
 protected:
  // What the boot CPU sets, and each that is started then.
  static void Set() {
    MTRR_SETTINGS settings = {};
    settings.MtrrDefType = 0xc06;
    MtrrSetAllMtrrs(&settings);
    EXPECT_EQ(MtrrGetMemoryAttribute(0x80000000), CacheWriteBack);
    EXPECT_EQ(MtrrSetMemoryAttribute(0x80000000, 0x80000000, CacheUncacheable), RETURN_SUCCESS);
  }

  // With noise where no manual says what power-on leaves.
  SimulatedPlatform machine_ = SimulatedPlatform::SwitchedOn(IntelServer(), {.seed = 5});
  Edk2Host<UNIT_TEST_HOST_BASE_LIB> host_{gUnitTestHostBaseLib, machine_};
};

TEST_F(Mtrrs, AreSetByMtrrLibAfterEveryWayToStart) {
  for (int start = 0; start < 3; ++start) {
    host_.OnEveryCpu(Set);
    EXPECT_THAT(machine_, Holds(registers::kMtrrDefType, 0xc06));
    EXPECT_THAT(machine_, Holds(registers::kMtrrPhysBase0, 0x80000000));
    EXPECT_THAT(machine_, PassesRule("uniform.mtrrs"));
    start == 0 ? machine_.WarmReset() : machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// MTRRs have no lock: a phase before left its own, as one does that runs from the cache.
TEST_F(Mtrrs, OfAPhaseBeforeAreReplaced) {
  host_.OnEveryCpu([] {
    AsmWriteMsr64(0x2ff, 0x806);
    for (UINT32 pair = 0; pair < 8; ++pair) {
      AsmWriteMsr64(0x200 + 2 * pair, 0xfef00005 + 0x1000 * pair);
      AsmWriteMsr64(0x201 + 2 * pair, 0xffffff800);
    }
  });
  host_.OnEveryCpu(Set);
  EXPECT_THAT(machine_, Holds(registers::kMtrrDefType, 0xc06));
  EXPECT_THAT(machine_, Holds(registers::kMtrrPhysBase0, 0x80000000));
  for (std::uint32_t pair = 1; pair < 8; ++pair) {
    EXPECT_THAT(machine_, Holds(MsrAddress{0x201 + 2 * pair}, 0).InBits(0x800));  // not valid
  }
  EXPECT_THAT(machine_, PassesRule("uniform.mtrrs"));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

TEST_F(Mtrrs, OfTheBootCpuAloneAreFound) {
  host_.OnBootCpu(Set);
  EXPECT_THAT(machine_, FailsRule("uniform.mtrrs"));
}

// SMM's code and data, guarded by SmmCpuFeaturesLib from the second SMI on.
class Smrr : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(state_.is_there()) << "there is no memory at 0x30000"; }
  // The first SMI of a CPU.
  void Relocate(SimulatedCpu& cpu) {
    SmmCpuFeaturesInitializeProcessor(Number(cpu.number()), cpu.is_boot_cpu(), nullptr, &smram_);
  }
  void Boot() {
    host_.OnBootCpu([] { CpuFeaturesLibInitialization(); });
    host_.OnSmi([this](SimulatedCpu& cpu) { Relocate(cpu); });
    EXPECT_THAT(machine_, FailsRule("intel.smrr.enabled"));
    host_.OnSmi([](SimulatedCpu& cpu) { SmmCpuFeaturesRendezvousEntry(Number(cpu.number())); });
  }

  MemoryAt state_{0x30000, 0x10000};  // of each CPU's first SMI: [intel/sdm-vol3] 32.4
  UINTN bases_[4] = {0x7f000000, 0x7f002000, 0x7f004000, 0x7f006000};
  CPU_HOT_PLUG_DATA smram_ = {1, 4, nullptr, bases_, 0, 0x7f000000, 0x800000};
  SimulatedPlatform machine_ = SimulatedPlatform::SwitchedOn(IntelServer());
  Edk2Host<UNIT_TEST_HOST_BASE_LIB> host_{gUnitTestHostBaseLib, machine_};
};

TEST_F(Smrr, GuardsSmmOnEveryCpuAfterEveryWayToStart) {
  for (int start = 0; start < 3; ++start) {
    Boot();
    EXPECT_THAT(machine_, PassesRule("intel.smrr.enabled"));
    EXPECT_THAT(machine_, PassesRule("uniform.ia32_smrr"));
    EXPECT_THAT(machine_, Holds(registers::kSmrrPhysBase, 0x7f000006));
    EXPECT_THAT(machine_, Holds(registers::kSmrrPhysMask, 0xff800800));
    start == 0 ? machine_.WarmReset() : machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

TEST_F(Smrr, OfTheBootCpuAloneIsFound) {
  host_.OnBootCpu([] { CpuFeaturesLibInitialization(); });
  host_.OnSmi(LogicalCpu{0}, [this](SimulatedCpu& cpu) {
    Relocate(cpu);
    SmmCpuFeaturesRendezvousEntry(0);
  });
  EXPECT_THAT(machine_, FailsRule("intel.smrr.enabled").OnCpus("2-3"));
}

// It does not look whether the range is locked.
TEST_F(Smrr, StopsAtALockThatSomebodyElseSet) {
  host_.OnSmi(LogicalCpu{0}, [] { AsmWriteMsr64(0x1f3, 0xff800c00); });
  EXPECT_THROW(Boot(), GeneralProtection);
}

}  // namespace
