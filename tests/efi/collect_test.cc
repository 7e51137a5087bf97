// What becomes of CPUs that firmware does not lend, and of registers that fault.

#include "collect.h"

#include <gtest/gtest.h>

#include <string>

#include "efi/made_up_firmware.h"
#include "processors.h"
#include "vtprobe/hal/dump.h"

namespace vtprobe::efi {
namespace {

constexpr MsrAddress kFeatureControl{0x3a};
constexpr MsrAddress kPpin{0x4f};
constexpr CpuidLeaf kVendor{0x0};

// Four CPUs of Intel with VMX and PPIN, told apart by their APIC ids.
PlatformSnapshot FourCpus() {
  std::string text =
      "vtprobe-dump 1\ncpu 0-3\n"
      "cpuid 0x0.0x0 = 0x7 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x7.0x0 = 0x1 0x0 0x0 0x0\ncpuid 0x7.0x1 = 0x0 0x1 0x0 0x0\n"
      "msr 0x3a = 0x5\nmsr 0x4e = 0x2\nmsr 0x4f = 0x1234\n";
  for (const std::string cpu : {"0", "1", "2", "3"}) {
    text += "cpu " + cpu + "\ncpuid 0x1.0x0 = 0x506e3 0x" + cpu + "000800 0x20 0x0\n";
  }
  return ParseDump(text).value();
}

PlatformSnapshot CollectFrom(MadeUpFirmware& machine, bool identifiers = false) {
  return Collect(Processors(machine.firmware()), machine, identifiers, Metadata());
}

MsrReading SwitchOf(const PlatformSnapshot& snapshot, std::uint32_t cpu) {
  return snapshot.Msr(LogicalCpu{cpu}, kFeatureControl);
}

CpuSet Cpus(std::uint32_t first, std::uint32_t last) { return CpuSet{{first, last}}; }

TEST(Collect, ReadsEveryCpuAndLeavesItAsItWas) {
  MadeUpFirmware machine(FourCpus());
  machine.here = 2;
  const PlatformSnapshot read = CollectFrom(machine);
  EXPECT_EQ(read.online(), Cpus(0, 3));
  EXPECT_TRUE(read.offline().empty());
  for (std::uint32_t cpu = 0; cpu < 4; ++cpu) {
    EXPECT_EQ(SwitchOf(read, cpu), 0x5) << cpu;
    const auto apic_id = read.Cpuid(LogicalCpu{cpu}, CpuidLeaf{1});
    ASSERT_TRUE(apic_id.has_value());
    EXPECT_EQ(apic_id->registers.ebx >> 24, cpu) << "each on its own CPU";
  }
  EXPECT_EQ(machine.entered, 4u);
  EXPECT_EQ(machine.left, 4u);
  EXPECT_TRUE(read.metadata().entries().empty()) << "there is nothing to say";
}

TEST(Collect, TakesCpusThatFirmwareTookOutOfUseForOfflineAndSaysWhy) {
  MadeUpFirmware machine(FourCpus());
  machine.disabled = {1};
  machine.unhealthy = {3};
  const PlatformSnapshot read = CollectFrom(machine);
  EXPECT_EQ(read.online().ToString(), "0,2");
  EXPECT_EQ(read.offline().ToString(), "1,3");
  EXPECT_EQ(read.metadata().Get("uefi.out_of_use"), "1: disabled; 3: unhealthy");
  EXPECT_EQ(machine.entered, 2u);
}

TEST(Collect, SaysOfACpuThatIsRefusedThatItWasNotRead) {
  MadeUpFirmware machine(FourCpus());
  machine.refused = {{2, uefi::kTimeout}};
  const PlatformSnapshot read = CollectFrom(machine);
  EXPECT_EQ(read.online(), Cpus(0, 3)) << "it is there";
  EXPECT_EQ(SwitchOf(read, 2), tl::unexpected(AccessCode::kNotPinned));
  EXPECT_EQ(read.Cpuid(LogicalCpu{2}, kVendor),
            CpuidReading(tl::unexpected(AccessCode::kNotPinned)));
  for (const std::uint32_t other : {0u, 1u, 3u}) EXPECT_EQ(SwitchOf(read, other), 0x5) << other;
  EXPECT_EQ(read.metadata().Get("uefi.refused"), "2: it did not answer in time");
}

TEST(Collect, KeepsARegisterThatFaultsOnOneCpuApart) {
  MadeUpFirmware machine(FourCpus());
  machine.faulting = {{1, 0x3a}};
  const PlatformSnapshot read = CollectFrom(machine);
  EXPECT_EQ(SwitchOf(read, 1), tl::unexpected(AccessCode::kGeneralProtection));
  for (const std::uint32_t other : {0u, 2u, 3u}) EXPECT_EQ(SwitchOf(read, other), 0x5) << other;
}

TEST(Collect, ReadsNoMsrOnACpuOnWhichAFaultIsNotCaught) {
  MadeUpFirmware machine(FourCpus());
  machine.do_not_catch = {3};
  const PlatformSnapshot read = CollectFrom(machine);
  EXPECT_EQ(SwitchOf(read, 3), tl::unexpected(AccessCode::kIo));
  EXPECT_TRUE(read.Cpuid(LogicalCpu{3}, kVendor).has_value()) << "CPUID does not fault";
  EXPECT_EQ(SwitchOf(read, 0), 0x5);
  EXPECT_EQ(read.metadata().Get("uefi.msrs_not_read"), "3: a fault made on purpose was not caught");
  EXPECT_EQ(machine.left, 4u);
}

TEST(Collect, ReadsTheOneCpuThatIsThereWhereFirmwareLendsNone) {
  MadeUpFirmware machine(FourCpus());
  machine.has_mp_services = false;
  const PlatformSnapshot read = CollectFrom(machine);
  EXPECT_EQ(read.online(), CpuSet(LogicalCpu{0}));
  EXPECT_EQ(SwitchOf(read, 0), 0x5);
  EXPECT_EQ(read.metadata().Get("uefi.mp_services"), "none");
}

TEST(Collect, ReadsWhatIdentifiesAMachineOnlyWhereThatIsWanted) {
  MadeUpFirmware machine(FourCpus());
  EXPECT_TRUE(CollectFrom(machine).Values(kPpin).empty());
  EXPECT_EQ(CollectFrom(machine, true).Msr(LogicalCpu{0}, kPpin), 0x1234);
}

}  // namespace
}  // namespace vtprobe::efi
