// SMM, as coreboot leaves it: Intel's of the generations since Skylake, here with the headers
// of Ice Lake, and AMD's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vtprobe/fixtures/memory_at.h>
#include <vtprobe/fixtures/result_matchers.h>
#include <vtprobe/fixtures/servers.h>
#include <vtprobe/fixtures/trap_host.h>
#include <vtprobe/fixtures/verdict_matchers.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

constexpr std::uint32_t kTseg = 0x7b000000;
constexpr std::size_t kTsegSize = 0x800000;

extern "C" {
// The module's data, as loading it anew leaves them; then those of mp_ops, of the boot CPU and
// of each.
void load_ramstage(void);
void smm_info(std::uintptr_t* base, std::size_t* size, std::size_t* save_state_size);
void smm_initialize(void);
void smm_relocate(void);
// AMD: those of the state machine (BOOT_STATE_INIT_ENTRY) that the linker would collect, and
// what they run on each CPU.
extern void (*const amd_soc_finalize)(void*);
extern void (*const amd_per_core_finalize)(void*);

// The chipset's, and what the loader of SMM gives each CPU.
void smm_region(std::uintptr_t* start, std::size_t* size) { *start = kTseg, *size = kTsegSize; }
std::uint32_t smm_get_cpu_smbase(unsigned cpu) { return kTseg + 0x100000 - cpu * 0x400; }
}

using namespace vtprobe;
using namespace vtprobe::fixtures;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr std::uint64_t kHasSmrr = 1 << 11;
constexpr std::uint64_t kHasLock = 1 << 14;
constexpr std::uint64_t kSmrr = kTseg | 6;  // write-back
constexpr std::uint64_t kValid = 0xff800800;
constexpr std::uint64_t kLocked = 0xff800c00;

// Two cores with two threads each, of the model that the code is for.
PlatformBuilder IceLake(std::uint64_t mtrr_cap = 0xdd0a, std::uint64_t smm_mca_cap = 0) {
  PlatformBuilder machine = IntelServer();
  machine.Msr(MsrAddress{0xfe}, mtrr_cap).Msr(MsrAddress{0x17d}, smm_mca_cap);
  for (std::uint32_t cpu = 0; cpu < 4; ++cpu) {
    machine.Cpuid({1}, {0x706e5, cpu << 24 | 4 << 16 | 8 << 8, 0x7ffefbff, 0xbfebfbff},
                  std::to_string(cpu));
  }
  return machine;
}

class SmmRelocation : public testing::Test {
 protected:
  explicit SmmRelocation(const PlatformBuilder& machine = IceLake())
      : machine_(SimulatedPlatform::SwitchedOn(machine)) {}

  void SetUp() override {
    ASSERT_TRUE(first_.is_there()) << "there is no memory at 0x30000";
    ASSERT_TRUE(tseg_.is_there()) << "there is no memory at 0x7b000000";
  }

  // The flight plan of mp_init_with_smm().
  void StartBootCpu() {
    load_ramstage();
    host_.OnBootCpu([this] {
      smm_info(&handler_, &handler_size_, &save_state_size_);
      smm_initialize();
    });
  }
  void Boot() {
    StartBootCpu();
    host_.OnEveryCpu(smm_relocate);
  }
  // Where each CPU's next SMI finds its code and state.
  std::vector<std::uint32_t> Smbases() {
    std::vector<std::uint32_t> smbases;
    for (const LogicalCpu cpu : machine_.cpus().ToVector()) {
      smbases.push_back(machine_.Cpu(cpu).registers().smbase);
    }
    return smbases;
  }
  void ExpectGuarded() {
    EXPECT_THAT(machine_, PassesRule("intel.smrr.enabled"));
    EXPECT_THAT(machine_, PassesRule("intel.smrr.aligned"));
    EXPECT_THAT(machine_, PassesRule("intel.smrr.locked"));
    EXPECT_THAT(machine_, PassesRule("uniform.ia32_smrr"));
    EXPECT_THAT(machine_, Holds(registers::kSmrrPhysBase, kSmrr));
    EXPECT_THAT(machine_, Holds(registers::kSmrrPhysMask, kLocked));
  }

  MemoryAt first_{0x30000, 0x10000};  // of each CPU's first SMI: [intel/sdm-vol3] 32.4
  MemoryAt tseg_{kTseg, kTsegSize};
  std::uintptr_t handler_ = 0;
  std::size_t handler_size_ = 0;
  std::size_t save_state_size_ = 0;
  SimulatedPlatform machine_;
  TrapHost host_{machine_};
};

TEST_F(SmmRelocation, GuardsTsegAfterEveryWayToStart) {
  for (int start = 0; start < 3; ++start) {
    EXPECT_THAT(machine_, FailsRule("intel.smrr.enabled"));
    Boot();
    ExpectGuarded();
    start == 0 ? machine_.WarmReset() : machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

// A core has one SMRR: its second thread must not write what the first has locked.
TEST_F(SmmRelocation, WritesTheRangeOncePerCore) {
  Boot();
  EXPECT_THAT(machine_.writes(),
              ElementsAre(MsrWrite{LogicalCpu{0}, MsrAddress{0x1f2}, kSmrr, true},
                          MsrWrite{LogicalCpu{0}, MsrAddress{0x1f3}, kLocked, true},
                          MsrWrite{LogicalCpu{2}, MsrAddress{0x1f2}, kSmrr, true},
                          MsrWrite{LogicalCpu{2}, MsrAddress{0x1f3}, kLocked, true}));
}

// CPUs enter SMM together later: none may have the place of another.
TEST_F(SmmRelocation, GivesEachCpuAPlaceOfItsOwn) {
  Boot();
  EXPECT_THAT(Smbases(), ElementsAre(0x7b100000, 0x7b0ffc00, 0x7b0ff800, 0x7b0ff400));
  EXPECT_EQ(handler_, kTseg);
  EXPECT_EQ(handler_size_, 0x200000u);  // what the cache of stages and the IED leave
  EXPECT_EQ(save_state_size_, 0x400u);
  EXPECT_EQ(std::memcmp(reinterpret_cast<void*>(kTseg + 0x400000), "INTEL RSVD", 10), 0);
}

// The other core is open, and its CPUs and the boot CPU's sibling start SMM at 0x30000.
TEST_F(SmmRelocation, OnTheBootCpuAloneIsFound) {
  StartBootCpu();
  EXPECT_THAT(machine_, FailsRule("intel.smrr.enabled").OnCpus("2-3"));
  EXPECT_THAT(Smbases(), ElementsAre(0x7b100000, 0x30000, 0x30000, 0x30000));
}

// It does not look: what another phase locked, be it the same, stops the machine.
TEST_F(SmmRelocation, StopsAtALockThatSomebodyElseSet) {
  host_.OnSmi(LogicalCpu{0}, [] {
    FirmwareHost::WriteMsr(0x1f2, kSmrr);
    FirmwareHost::WriteMsr(0x1f3, kLocked);
  });
  EXPECT_THROW(Boot(), GeneralProtection);
  machine_.WarmReset();
  Boot();
  ExpectGuarded();
}

class WithoutLock : public SmmRelocation {
 protected:
  WithoutLock() : SmmRelocation(IceLake(0xdd0a & ~kHasLock)) {}
};

TEST_F(WithoutLock, TheRangeIsOnAndOpen) {
  Boot();
  EXPECT_THAT(machine_, PassesRule("intel.smrr.enabled"));
  EXPECT_THAT(machine_, Holds(registers::kSmrrPhysMask, kValid));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

class WithoutSmrr : public SmmRelocation {
 protected:
  WithoutSmrr() : SmmRelocation(IceLake(0xdd0a & ~kHasSmrr & ~kHasLock)) {}
};

TEST_F(WithoutSmrr, NothingIsWritten) {
  Boot();
  EXPECT_THAT(machine_.writes(), IsEmpty());
  EXPECT_THAT(Smbases(), ElementsAre(0x7b100000, 0x7b0ffc00, 0x7b0ff800, 0x7b0ff400));
}

// Where the CPU can keep its state in registers (bit 57 of MSR_SMM_MCA_CAP), all are moved
// together: SMBASE is such a register, and in memory nothing is to be found.
class WithStateInRegisters : public SmmRelocation {
 protected:
  WithStateInRegisters() : SmmRelocation(IceLake(0xdd0a, std::uint64_t{1} << 57)) {
    machine_.AlsoHas(MsrAddress{0xc20}, 0x30000).AlsoHas(MsrAddress{0xc22}, 0);
  }
};

TEST_F(WithStateInRegisters, EachCpuIsMovedByThem) {
  for (int start = 0; start < 2; ++start) {
    Boot();
    ExpectGuarded();
    for (unsigned cpu = 0; cpu < 4; ++cpu) {
      const LogicalCpu on{cpu};
      EXPECT_THAT(machine_.ReadMsr(on, MsrAddress{0xc20}), ReadsAs(smm_get_cpu_smbase(cpu)));
      EXPECT_THAT(machine_.ReadMsr(on, MsrAddress{0xc22}),
                  ReadsAs(std::uint64_t{0x7b400000} << 32));
    }
    // Others' states are for the permanent handler to see: it is off again.
    EXPECT_THAT(machine_, Holds(registers::kSmmFeatureControl, 0));
    machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

class AmdSmm : public testing::Test {
 protected:
  // Where SMM is relocated to.
  void SetRange() {
    host_.OnEveryCpu([](SimulatedCpu& cpu) {
      (void)cpu.WriteMsr(MsrAddress{0xc0010112}, 0x7f000000);
      (void)cpu.WriteMsr(MsrAddress{0xc0010113}, 0xffffff006601);
    });
  }
  void Finalize() {
    host_.OnBootCpu([] { amd_soc_finalize(nullptr); });
  }
  SimulatedPlatform machine_ = SimulatedPlatform::SwitchedOn(AmdServer());
  TrapHost host_{machine_};
};

TEST_F(AmdSmm, IsLockedOnEveryCpuAfterEveryWayToStart) {
  for (int start = 0; start < 3; ++start) {
    EXPECT_THAT(machine_, FailsRule("amd.hwcr.smmlock"));
    SetRange();
    Finalize();
    EXPECT_THAT(machine_, PassesRule("amd.hwcr.smmlock"));
    EXPECT_THAT(machine_, Holds(registers::kSmmMask, 0xffffff006603));
    start == 0 ? machine_.WarmReset() : machine_.SleepAndWake();
  }
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

TEST_F(AmdSmm, LockedOnTheBootCpuAloneIsFound) {
  SetRange();
  host_.OnBootCpu([] { amd_per_core_finalize(nullptr); });
  EXPECT_THAT(machine_, FailsRule("amd.hwcr.smmlock").OnCpus("1-3"));
}

TEST_F(AmdSmm, IsLeftWhereItIsLocked) {
  SetRange();
  Finalize();
  Finalize();
  EXPECT_THAT(machine_, PassesRule("amd.hwcr.smmlock"));
  EXPECT_THAT(machine_.faults(), IsEmpty());
}

}  // namespace
