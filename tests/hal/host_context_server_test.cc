// What a host says of its server features besides registers: CPUs that firmware
// announced, hyper-threading, remapped interrupts, the tables of ACPI, and AMD's
// Secure Processor.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "hal/host_tree.h"
#include "linux/sev_firmware.h"

namespace vtprobe {
namespace {

using ::testing::Eq;
using ::testing::Optional;

std::string Bytes(std::uint64_t number, unsigned count) {
  std::string bytes;
  for (unsigned i = 0; i < count; ++i) bytes += static_cast<char>(number >> 8 * i & 0xff);
  return bytes;
}

// A table of ACPI: signature, length, and 28 bytes of who made it.
// [acpi/spec] 5.2.6
std::string Table(std::string_view signature, const std::string& body) {
  return std::string(signature) + Bytes(36 + body.size(), 4) + std::string(28, '\0') + body;
}

// [acpi/spec] 5.2.12.2 and 5.2.12.12: bit 0 of the flags is Enabled, bit 1 Online
// Capable.
std::string LocalApic(std::uint32_t id, std::uint32_t flags) {
  return Bytes(0, 1) + Bytes(8, 1) + Bytes(0, 1) + Bytes(id, 1) + Bytes(flags, 4);
}
std::string LocalX2Apic(std::uint32_t id, std::uint32_t flags) {
  return Bytes(9, 1) + Bytes(16, 1) + Bytes(0, 2) + Bytes(id, 4) + Bytes(flags, 4) + Bytes(0, 4);
}
std::string Madt(const std::string& structures) {
  return Table("APIC", Bytes(0xfee0'0000, 4) + Bytes(1, 4) + structures);
}

constexpr std::string_view kMadt = "sys/firmware/acpi/tables/APIC";

TEST(CpusAnnounced, AreThoseThatFirmwareEnabled) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kCpusAnnounced), std::nullopt);
  const std::string io_apic = Bytes(1, 1) + Bytes(12, 1) + std::string(10, '\0');
  tree.Write(kMadt, Madt(LocalApic(0, 1) + io_apic + LocalApic(2, 1) + LocalApic(4, 0) +
                         LocalApic(6, 2) + LocalX2Apic(0x100, 1)));
  EXPECT_THAT(tree.Meta(meta::kCpusAnnounced), Optional(Eq("3")));
}

TEST(CpusAnnounced, ACpuInBothFormsIsOne) {
  const HostTree tree;
  tree.Write(kMadt, Madt(LocalApic(2, 1) + LocalX2Apic(2, 1)));
  EXPECT_THAT(tree.Meta(meta::kCpusAnnounced), Optional(Eq("1")));
}

TEST(CpusAnnounced, ATableWithAnImpossibleLengthSaysNothing) {
  const HostTree tree;
  for (const std::string& odd :
       {Madt(LocalApic(0, 1)) + "x", Madt(LocalApic(0, 1) + Bytes(1, 1) + Bytes(0, 1)),
        Madt(LocalApic(0, 1) + Bytes(0, 1) + Bytes(8, 1)),
        Madt(Bytes(0, 1) + Bytes(7, 1) + std::string(5, '\1')),
        Madt(Bytes(9, 1) + Bytes(8, 1) + std::string(6, '\1')), Madt("x"), Table("APIC", ""),
        Table("FACP", Bytes(0, 8)), std::string()}) {
    tree.Write(kMadt, odd);
    EXPECT_EQ(tree.Meta(meta::kCpusAnnounced), std::nullopt);
  }
}

// There is something to compare them with.
TEST(CpusOnline, AreCountedWhereFirmwareAnnouncesSome) {
  const HostTree tree;
  tree.Write("sys/devices/system/cpu/online", "0-5,8\n");
  EXPECT_EQ(tree.Meta(meta::kCpusOnline), std::nullopt);
  tree.Write(kMadt, Madt(LocalApic(0, 1)));
  EXPECT_THAT(tree.Meta(meta::kCpusOnline), Optional(Eq("7")));
}

// [intel/vt-d] 8.1: behind the address width, bit 0 INTR_REMAP, bit 2
// DMA_CTRL_PLATFORM_OPT_IN_FLAG.
TEST(AcpiTables, FlagsOfDmar) {
  const HostTree tree;
  tree.Write("sys/firmware/acpi/tables/DMAR",
             Table("DMAR", Bytes(45, 1) + Bytes(5, 1) + std::string(10, '\0')));
  EXPECT_THAT(tree.Meta(meta::kAcpiDmarFlags), Optional(Eq("0x5")));
  tree.Write("sys/firmware/acpi/tables/DMAR", Table("DMAR", Bytes(45, 1)));
  EXPECT_EQ(tree.Meta(meta::kAcpiDmarFlags), std::nullopt);
}

TEST(AcpiTables, WsmtIsThereOrNot) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kAcpiWsmt), std::nullopt);
  tree.Write("sys/firmware/acpi/tables/FACP", "");
  EXPECT_THAT(tree.Meta(meta::kAcpiWsmt), Optional(Eq("none")));
  tree.Write("sys/firmware/acpi/tables/WSMT", Table("WSMT", Bytes(7, 4)));
  EXPECT_THAT(tree.Meta(meta::kAcpiWsmt), Optional(Eq("0x7")));
  // One that can't be understood is there all the same.
  tree.Write("sys/firmware/acpi/tables/WSMT", "");
  EXPECT_EQ(tree.Meta(meta::kAcpiWsmt), std::nullopt);
}

TEST(TdxModule, IsInTheStateThatTheKernelNames) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kTdxModule), std::nullopt);
  constexpr std::string_view kStatus = "sys/firmware/tdx/tdx_module/status";
  tree.Write(kStatus, "initialized\n");
  EXPECT_THAT(tree.Meta(meta::kTdxModule), Optional(Eq("initialized")));
  for (const char* const odd : {"", "two words\n", "a\nb\n", "0x1\n", "\xff\n"}) {
    tree.Write(kStatus, odd);
    EXPECT_EQ(tree.Meta(meta::kTdxModule), std::nullopt) << odd;
  }
}

// [microsoft/hsti]: a version, a role, 256 characters of 16 bits, the size of three
// masks, those, and the texts of errors; efivarfs has four bytes in front.
std::string Hsti(std::uint32_t size, const std::string& masks) {
  return Bytes(7, 4) + Bytes(3, 4) + Bytes(1, 4) + std::string(512, 'x') + Bytes(size, 4) + masks;
}
constexpr std::string_view kHsti =
    "sys/firmware/efi/efivars/HSTI_RESULTS-8732b833-5367-422c-a77d-99e55b1039a8";

TEST(Hsti, IsWhatFirmwareFound) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kHstiRequired), std::nullopt);
  tree.Write(kHsti, Hsti(3, std::string("\x03\x00\x00\x0f\xa0\x00\x01\x00\x80", 9) + "E\0r"));
  EXPECT_THAT(tree.Meta(meta::kHstiRequired), Optional(Eq("030000")));
  EXPECT_THAT(tree.Meta(meta::kHstiImplemented), Optional(Eq("0fa000")));
  EXPECT_THAT(tree.Meta(meta::kHstiVerified), Optional(Eq("010080")));
}

TEST(Hsti, ATableOfAnotherShapeSaysNothing) {
  const HostTree tree;
  for (const std::string& odd : {std::string(), Hsti(0, ""), Hsti(2, "12345"),
                                 Hsti(65, std::string(195, 'a')), Hsti(0xffff'ffff, "abc"),
                                 std::string(523, 'x'), Hsti(1, "abc") + std::string(70000, 'x')}) {
    tree.Write(kHsti, odd);
    EXPECT_EQ(tree.Meta(meta::kHstiRequired), std::nullopt) << odd.size();
    EXPECT_EQ(tree.Meta(meta::kHstiVerified), std::nullopt) << odd.size();
  }
}

TEST(Smt, IsOnOffOrNotToBeHad) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kSmt), std::nullopt);
  constexpr std::string_view kControl = "sys/devices/system/cpu/smt/control";
  for (const auto& [control, smt] :
       {std::pair{"on", "on"}, {"off", "off"}, {"forceoff", "off"}, {"notsupported", "none"}}) {
    tree.Write(kControl, std::string(control) + '\n');
    EXPECT_THAT(tree.Meta(meta::kSmt), Optional(Eq(smt))) << control;
  }
  tree.Write(kControl, "notimplemented\n");
  EXPECT_EQ(tree.Meta(meta::kSmt), std::nullopt);
}

TEST(InterruptRemapping, IsToldByTheControllersNames) {
  const HostTree tree;
  tree.Write("sys/kernel/irq/0/chip_name", "XT-PIC\n");
  tree.Write("sys/kernel/irq/3/name", "edge\n");
  EXPECT_EQ(tree.Meta(meta::kInterruptRemapping), std::nullopt);
  tree.Write("sys/kernel/irq/9/chip_name", "IO-APIC\n");
  EXPECT_THAT(tree.Meta(meta::kInterruptRemapping), Optional(Eq("off")));
  tree.Write("sys/kernel/irq/120/chip_name", "IR-PCI-MSI-0000:00:1f.2\n");
  EXPECT_THAT(tree.Meta(meta::kInterruptRemapping), Optional(Eq("on")));
}

TEST(Psp, EachAttributeIsTheFirstDevicesThatHasIt) {
  const HostTree tree;
  constexpr std::string_view kDriver = "sys/bus/pci/drivers/ccp/";
  const auto write = [&](std::string_view file, std::string_view value) {
    tree.Write(std::string(kDriver) + std::string(file), value);
  };
  write("bind", "");
  write("0000:22:00.1/vendor", "0x1022\n");
  write("0000:46:00.1/fused_part", "1\n");
  write("0000:46:00.1/debug_lock_on", "0\n");
  write("0000:66:00.1/fused_part", "0\n");
  write("0000:66:00.1/tsme_status", "yes\n");
  EXPECT_THAT(tree.Meta("psp.fused_part"), Optional(Eq("1")));
  EXPECT_THAT(tree.Meta("psp.debug_lock_on"), Optional(Eq("0")));
  EXPECT_EQ(tree.Meta("psp.tsme_status"), std::nullopt);
}

constexpr int kFd = 7;

class FakeSev final : public SevCalls {
 public:
  std::optional<SevStatus> sev;
  std::optional<SnpStatus> snp;
  int asked_for_snp = 0;
  int opened = 0;
  int closed = 0;

  int Open(const std::filesystem::path& path) override {
    EXPECT_EQ(path.filename(), "sev");
    if (!sev) return -EACCES;
    ++opened;
    return kFd;
  }
  int ReadSevStatus(int fd, SevStatus* status) override {
    EXPECT_EQ(fd, kFd);
    *status = *sev;
    return 0;
  }
  int ReadSnpStatus(int fd, SnpStatus* status) override {
    EXPECT_EQ(fd, kFd);
    ++asked_for_snp;
    if (!snp) return -EINVAL;
    *status = *snp;
    return 0;
  }
  void Close(int fd) override {
    EXPECT_EQ(fd, kFd);
    ++closed;
  }
};

class SevFirmwareTest : public testing::Test {
 protected:
  SevFirmwareTest() { std::filesystem::create_directories(tree_.Place("sys/class/misc/sev")); }

  Metadata Read() {
    Metadata metadata = before_;
    ReadSevFirmware(tree_.root(), driver_, &metadata);
    EXPECT_EQ(driver_.closed, driver_.opened);
    return metadata;
  }

  HostTree tree_;
  FakeSev driver_;
  Metadata before_;
};

TEST_F(SevFirmwareTest, SaysItsVersionAndState) {
  driver_.sev = SevStatus{.major = 1, .minor = 55, .state = 1, .build = 21};
  const Metadata metadata = Read();
  EXPECT_THAT(metadata.Get(meta::kSevFirmware), Optional(Eq("1.55.21")));
  EXPECT_THAT(metadata.Get(meta::kSevState), Optional(Eq("init")));
}

// Newer kernels initialize SNP to be able to answer, which is no reading.
TEST_F(SevFirmwareTest, IsAskedOfSnpOnlyWhereKvmRunsWithIt) {
  driver_.sev = SevStatus{};
  driver_.snp = SnpStatus{.major = 1,
                          .minor = 58,
                          .state = 1,
                          .checks = 2,
                          .build = 3,
                          .tcb = 0xdb19'0000'0000'0004,
                          .reported_tcb = 0xdb18'0000'0000'0004};
  EXPECT_EQ(Read().Get(meta::kSnpState), std::nullopt);
  before_.Set("kvm_amd.sev_snp", "N");
  EXPECT_EQ(Read().Get(meta::kSnpState), std::nullopt);
  EXPECT_EQ(driver_.asked_for_snp, 0);
  before_.Set("kvm_amd.sev_snp", "Y");
  const Metadata metadata = Read();
  EXPECT_THAT(metadata.Get(meta::kSnpFirmware), Optional(Eq("1.58.3")));
  EXPECT_THAT(metadata.Get(meta::kSnpState), Optional(Eq("init")));
  EXPECT_THAT(metadata.Get(meta::kSnpRmp), Optional(Eq("no")));
  EXPECT_THAT(metadata.Get(meta::kSnpAliasCheck), Optional(Eq("yes")));
  EXPECT_THAT(metadata.Get(meta::kSnpTcb), Optional(Eq("0xdb19000000000004")));
  EXPECT_THAT(metadata.Get(meta::kSnpReportedTcb), Optional(Eq("0xdb18000000000004")));
}

TEST_F(SevFirmwareTest, ARefusalIsNoFact) {
  before_.Set("kvm_amd.sev_snp", "Y");
  EXPECT_EQ(Read().Get(meta::kSevState), std::nullopt);
  driver_.sev = SevStatus{.state = 3};
  EXPECT_EQ(Read().Get(meta::kSevState), std::nullopt);
  EXPECT_EQ(Read().Get(meta::kSnpFirmware), std::nullopt);
}

// Opening a node that nothing stands behind would load a module.
TEST_F(SevFirmwareTest, IsNotOpenedWhereTheKernelDoesNotListIt) {
  driver_.sev = SevStatus{};
  tree_.Remove("sys/class/misc/sev");
  EXPECT_EQ(Read(), Metadata());
  EXPECT_EQ(driver_.opened, 0);
}

}  // namespace
}  // namespace vtprobe
