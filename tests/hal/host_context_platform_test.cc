// What a host says of its IOMMU, of KVM, of Secure Boot, and what its kernel
// logged of virtualization.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/host_tree.h"

namespace vtprobe {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

constexpr std::string_view kGlobal = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";

// A variable as efivarfs shows it: its attributes and its one byte.
void WriteVariable(const HostTree& tree, std::string_view name, char value) {
  std::string content("\x06\0\0\0", 4);
  content += value;
  tree.Write("sys/firmware/efi/efivars/" + std::string(name) + std::string(kGlobal), content);
}

TEST(IommuTest, IsDescribedByEitherVendorsTable) {
  const HostTree tree;
  tree.Write("sys/firmware/acpi/tables/FACP", "");
  EXPECT_THAT(tree.Meta(meta::kIommuTable), Optional(Eq("none")));
  tree.Write("sys/firmware/acpi/tables/IVRS", "");
  EXPECT_THAT(tree.Meta(meta::kIommuTable), Optional(Eq("IVRS")));
  tree.Remove("sys/firmware/acpi/tables/IVRS");
  tree.Write("sys/firmware/acpi/tables/DMAR", "");
  EXPECT_THAT(tree.Meta(meta::kIommuTable), Optional(Eq("DMAR")));
}

// A container may be shown an empty folder in place of firmware's tables.
TEST(IommuTest, NothingIsConcludedFromAnEmptyFolder) {
  const HostTree tree;
  std::filesystem::create_directories(tree.Place("sys/firmware/acpi/tables"));
  EXPECT_EQ(tree.Meta(meta::kIommuTable), std::nullopt);
}

TEST(IommuTest, UnitsAreCounted) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kIommuUnits), std::nullopt);
  std::filesystem::create_directories(tree.Place("sys/class/iommu"));
  EXPECT_THAT(tree.Meta(meta::kIommuUnits), Optional(Eq("0")));
  std::filesystem::create_directory(tree.Place("sys/class/iommu/dmar0"));
  std::filesystem::create_directory(tree.Place("sys/class/iommu/dmar1"));
  EXPECT_THAT(tree.Meta(meta::kIommuUnits), Optional(Eq("2")));
}

TEST(KvmModuleTest, ParametersGoByTheModulesName) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kKvmModule), std::nullopt);
  tree.Write("sys/module/kvm_intel/parameters/ept", "Y\n");
  tree.Write("sys/module/kvm_intel/parameters/nested", "1\n");
  tree.Write("sys/module/kvm_intel/parameters/ple_gap", "128\n");
  EXPECT_THAT(tree.Meta(meta::kKvmModule), Optional(Eq("kvm_intel")));
  EXPECT_THAT(tree.Meta("kvm_intel.ept"), Optional(Eq("Y")));
  EXPECT_THAT(tree.Meta("kvm_intel.nested"), Optional(Eq("1")));
  EXPECT_EQ(tree.Meta("kvm_intel.vpid"), std::nullopt);
  EXPECT_EQ(tree.Meta("kvm_intel.ple_gap"), std::nullopt);
}

TEST(KvmModuleTest, AmdsIsFoundAsWell) {
  const HostTree tree;
  tree.Write("sys/module/kvm_amd/parameters/npt", "N\n");
  EXPECT_THAT(tree.Meta(meta::kKvmModule), Optional(Eq("kvm_amd")));
  EXPECT_THAT(tree.Meta("kvm_amd.npt"), Optional(Eq("N")));
}

TEST(KvmModuleTest, NoneIsNoneAmongOthers) {
  const HostTree tree;
  tree.Write("sys/module/kvm/parameters/halt_poll_ns", "200000\n");
  EXPECT_THAT(tree.Meta(meta::kKvmModule), Optional(Eq("none")));
}

// A module that runs guests without hardware virtualization, as it is named.
TEST(KvmModuleTest, AnotherProviderIsNamed) {
  const HostTree tree;
  tree.Write("sys/module/kvm/parameters/halt_poll_ns", "200000\n");
  tree.Write("sys/module/kvm_pvm/parameters/nested", "N\n");
  // Nothing runs without the device.
  EXPECT_EQ(tree.Meta(meta::kKvmProvider), std::nullopt);
  tree.Write("dev/kvm", "");
  EXPECT_THAT(tree.Meta(meta::kKvmProvider), Optional(Eq("kvm_pvm")));
  EXPECT_THAT(tree.Meta(meta::kKvmModule), Optional(Eq("none")));
}

TEST(KvmModuleTest, OneThatNeedsHardwareIsTheProvider) {
  const HostTree tree;
  tree.Write("dev/kvm", "");
  tree.Write("sys/module/kvm_amd/parameters/npt", "Y\n");
  tree.Write("sys/module/kvm_pvm/parameters/nested", "N\n");
  EXPECT_THAT(tree.Meta(meta::kKvmModule), Optional(Eq("kvm_amd")));
  EXPECT_EQ(tree.Meta(meta::kKvmProvider), std::nullopt);
}

TEST(KvmModuleTest, NothingElseIsAProvider) {
  const HostTree tree;
  tree.Write("dev/kvm", "");
  tree.Write("sys/module/kvm/parameters/halt_poll_ns", "200000\n");
  tree.Write("sys/module/kvmgt/initstate", "live\n");
  tree.Write("sys/module/kvm_stat", "a file, and no module\n");
  EXPECT_EQ(tree.Meta(meta::kKvmProvider), std::nullopt);
}

TEST(XenTest, SaysWhatTheDomainIsAndWhatXenOffers) {
  const HostTree tree;
  tree.Write("sys/hypervisor/properties/features", "0000000000002b2d\n");
  tree.Write("sys/hypervisor/properties/capabilities", "xen-3.0-x86_64 hvm-3.0-x86_64 \n");
  EXPECT_EQ(tree.Meta(meta::kXenFeatures), std::nullopt);
  tree.Write("sys/hypervisor/type", "xen\n");
  EXPECT_THAT(tree.Meta(meta::kXenFeatures), Optional(Eq("0000000000002b2d")));
  EXPECT_THAT(tree.Meta(meta::kXenCapabilities), Optional(Eq("xen-3.0-x86_64 hvm-3.0-x86_64")));
  tree.Write("sys/hypervisor/type", "kvm\n");
  EXPECT_EQ(tree.Meta(meta::kXenCapabilities), std::nullopt);
}

TEST(SecureBootTest, IsWhatTheVariableSays) {
  const HostTree tree;
  WriteVariable(tree, "SecureBoot", 1);
  EXPECT_THAT(tree.Meta(meta::kSecureBoot), Optional(Eq("on")));
  WriteVariable(tree, "SecureBoot", 0);
  EXPECT_THAT(tree.Meta(meta::kSecureBoot), Optional(Eq("off")));
  WriteVariable(tree, "SetupMode", 0);
  EXPECT_THAT(tree.Meta(meta::kSecureBoot), Optional(Eq("off")));
  WriteVariable(tree, "SetupMode", 1);
  EXPECT_THAT(tree.Meta(meta::kSecureBoot), Optional(Eq("setup-mode")));
}

TEST(SecureBootTest, AnOddVariableSaysNothing) {
  const HostTree tree;
  WriteVariable(tree, "SecureBoot", 2);
  EXPECT_EQ(tree.Meta(meta::kSecureBoot), std::nullopt);
  tree.Write("sys/firmware/efi/efivars/SecureBoot" + std::string(kGlobal), "\x01");
  EXPECT_EQ(tree.Meta(meta::kSecureBoot), std::nullopt);
}

TEST(SecureBootTest, LegacyBootIsKnownByWhatIsMissing) {
  const HostTree tree;
  EXPECT_EQ(tree.Meta(meta::kSecureBoot), std::nullopt);
  tree.Write("sys/firmware/acpi/tables/FACP", "");
  EXPECT_THAT(tree.Meta(meta::kSecureBoot), Optional(Eq("legacy-boot")));
  // UEFI, whose variables are not mounted.
  std::filesystem::create_directories(tree.Place("sys/firmware/efi"));
  EXPECT_EQ(tree.Meta(meta::kSecureBoot), std::nullopt);
}

std::vector<std::string> Lines(const HostTree& tree) {
  std::vector<std::string> lines;
  const HostContext context = tree.Read();
  for (const auto& [key, value] : context.metadata.entries()) {
    if (key.starts_with("kernel_log.")) lines.push_back(value);
  }
  return lines;
}

TEST(KernelMessagesTest, KeepsWhatIsSaidOfVirtualizationAndNothingElse) {
  const HostTree tree;
  tree.Write("dev/kmsg",
             "5,0,0,-;Linux version 6.1.0-18-amd64\n"
             "6,1,0,-;DMI: SECRET Inc.\n"
             "6,1,0,-;x86/cpu: User Mode Instruction Prevention (UMIP) activated\n"
             "3,2,0,-;x86/cpu: VMX (outside TXT) disabled by BIOS\n"
             "6,3,0,-;kvm: support for 'kvm_intel' disabled by bios\n"
             "6,4,0,-;kvm [1234]: vcpu0, guest rIP: 0xffffffff\n"
             "6,5,0,-;kvm: support for 'kvm_intel' disabled by bios\n"
             "14,6,0,-;kvm: a process wrote this\n");
  EXPECT_THAT(tree.Meta(meta::kKernelLog), Optional(Eq("complete")));
  EXPECT_THAT(Lines(tree), ElementsAre("x86/cpu: VMX (outside TXT) disabled by BIOS",
                                       "kvm: support for 'kvm_intel' disabled by bios"));
}

TEST(KernelMessagesTest, ALogWithoutItsBeginningIsPartial) {
  const HostTree tree;
  tree.Write("dev/kmsg", "6,900,0,-;kvm_amd: Nested Paging enabled\n");
  EXPECT_THAT(tree.Meta(meta::kKernelLog), Optional(Eq("partial")));
  EXPECT_THAT(Lines(tree), ElementsAre("kvm_amd: Nested Paging enabled"));
  tree.Write("dev/kmsg", "6,900,0,-;usb 1-1: new device\n");
  EXPECT_EQ(tree.Meta(meta::kKernelLog), std::nullopt);
}

TEST(KernelMessagesTest, SilenceOfAWholeLogIsKept) {
  const HostTree tree;
  tree.Write("dev/kmsg", "5,0,0,-;Linux version 6.1.0-18-amd64\n");
  EXPECT_THAT(tree.Meta(meta::kKernelLog), Optional(Eq("complete")));
  EXPECT_THAT(Lines(tree), IsEmpty());
}

TEST(KernelMessagesTest, TheFileReachesFurtherBackThanTheBuffer) {
  const HostTree tree;
  tree.Write("proc/stat", "btime 1000\n");
  tree.Write("dev/kmsg", "6,900,0,-;kvm_amd: Nested Paging enabled\n");
  tree.Write("var/log/dmesg",
             "[    0.000000] Linux version 6.1.0\n"
             "[    0.394027] SVM disabled (by BIOS) in MSR_VM_CR\n");
  EXPECT_THAT(tree.Meta(meta::kKernelLog), Optional(Eq("complete")));
  EXPECT_THAT(Lines(tree), ElementsAre("SVM disabled (by BIOS) in MSR_VM_CR"));
}

TEST(KernelMessagesTest, AreBounded) {
  const HostTree tree;
  std::string log = "5,0,0,-;Linux version 6.1.0\n";
  for (int i = 0; i < 100; ++i) log += "6,1,0,-;kvm: message " + std::to_string(i) + '\n';
  tree.Write("dev/kmsg", log);
  EXPECT_EQ(Lines(tree).size(), 16u);
}

}  // namespace
}  // namespace vtprobe
