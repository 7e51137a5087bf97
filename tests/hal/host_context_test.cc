// The facts of a host that stand in one file each: kernel release, hypervisor,
// firmware, microcode, lockdown; and the host as a whole.

#include "vtprobe/hal/host_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <string>
#include <string_view>

#include "hal/host_tree.h"

namespace vtprobe {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr std::string_view kOsRelease = "proc/sys/kernel/osrelease";
constexpr std::string_view kBiosDate = "sys/class/dmi/id/bios_date";
constexpr std::string_view kLockdownFile = "sys/kernel/security/lockdown";

TEST(HostContextTest, AnEmptyTreeSaysNothing) {
  const HostTree tree;
  const HostContext context = tree.Read();
  EXPECT_THAT(context.metadata.entries(), IsEmpty());
  EXPECT_TRUE(context.online.empty());
  EXPECT_TRUE(context.offline.empty());
}

TEST(HostContextTest, AMissingRootSaysNothing) {
  const HostTree tree;
  const HostContext context = ReadHostContext(tree.root() / "nowhere");
  EXPECT_THAT(context.metadata.entries(), IsEmpty());
  EXPECT_TRUE(context.online.empty());
}

TEST(HostContextTest, ReadsAWholeHostAndNothingThatIdentifiesIt) {
  const HostTree tree;
  tree.Write(kOsRelease, "6.1.0-18-amd64\n");
  tree.Write("proc/sys/kernel/hostname", "SECRET-host\n");
  tree.Write("boot/config-6.1.0-18-amd64", "CONFIG_KVM_INTEL=m\n# CONFIG_INTEL_TXT is not set\n");
  tree.Write("sys/devices/system/cpu/online", "0-1\n");
  tree.Write("sys/devices/system/cpu/present", "0-2\n");
  tree.Write("sys/devices/system/cpu/cpu0/microcode/version", "0x28\n");
  tree.Write("sys/devices/system/cpu/cpu1/microcode/version", "0x28\n");
  for (const char* secret : {"product_serial", "product_uuid", "board_serial", "board_asset_tag",
                             "chassis_serial", "chassis_asset_tag", "product_name"}) {
    tree.Write(std::string("sys/class/dmi/id/") + secret, "SECRET\n");
  }
  tree.Write("sys/class/dmi/id/bios_vendor", "American Megatrends Inc.\n");
  tree.Write("sys/class/dmi/id/bios_version", "F25\n");
  tree.Write(kBiosDate, "01/16/2018\n");
  tree.Write("sys/class/dmi/id/board_vendor", "Gigabyte Technology Co., Ltd.\n");
  tree.Write("sys/class/dmi/id/board_name", "X99-UD4\n");
  tree.Write(kLockdownFile, "[none] integrity confidentiality\n");

  const HostContext context = tree.Read();
  EXPECT_THAT(
      context.metadata.entries(),
      UnorderedElementsAre(
          Pair("kernel", "6.1.0-18-amd64"), Pair("kvm_intel", "m"), Pair("measured_launch", "no"),
          Pair("microcode", "0x28"), Pair("firmware.vendor", "American Megatrends Inc."),
          Pair("firmware.version", "F25"), Pair("firmware.date", "2018-01-16"),
          Pair("board", "Gigabyte Technology Co., Ltd. X99-UD4"), Pair("lockdown", "none")));
  EXPECT_EQ(context.online, (CpuSet{{0, 1}}));
  EXPECT_EQ(context.offline, (CpuSet{{2, 2}}));
}

TEST(HostContextTest, OnlyALinuxKnownHypervisorIsNamed) {
  const HostTree tree;
  tree.Write("sys/class/dmi/id/sys_vendor", "QEMU\n");
  EXPECT_EQ(tree.Meta(meta::kHypervisor), std::nullopt);
  tree.Write("sys/hypervisor/type", "xen\n");
  EXPECT_THAT(tree.Meta(meta::kHypervisor), Optional(Eq("xen")));
}

struct DateCase {
  std::string_view written;
  std::string_view kept;

  // Tests are listed by what this prints; bytes would name an address.
  friend void PrintTo(const DateCase& value, std::ostream* out) {
    *out << testing::PrintToString(value.written);
  }
};

class FirmwareDateTest : public testing::TestWithParam<DateCase> {};

TEST_P(FirmwareDateTest, IsIsoIfItIsADate) {
  const HostTree tree;
  tree.Write(kBiosDate, std::string(GetParam().written) + '\n');
  EXPECT_THAT(tree.Meta(meta::kFirmwareDate), Optional(Eq(GetParam().kept)));
}

INSTANTIATE_TEST_SUITE_P(
    Dates, FirmwareDateTest,
    testing::Values(DateCase{"07/25/2014", "2014-07-25"}, DateCase{"12/01/1999", "1999-12-01"},
                    DateCase{"02/29/2020", "2020-02-29"},  // a leap day that exists
                    DateCase{"02/29/2019", "02/29/2019"},  // one that doesn't
                    DateCase{"25/07/2014", "25/07/2014"},  // day first: no such month
                    DateCase{"00/10/2014", "00/10/2014"}, DateCase{"10/00/2014", "10/00/2014"},
                    DateCase{"07/25/14", "07/25/14"},  // SMBIOS before 2.3
                    DateCase{"7/25/2014", "7/25/2014"}, DateCase{"07-25-2014", "07-25-2014"},
                    DateCase{"-1/25/2014", "-1/25/2014"}, DateCase{"07/25/20x4", "07/25/20x4"},
                    DateCase{"Default string", "Default string"}));

TEST(FirmwareTest, TheBoardIsWhatIsKnownOfIt) {
  const HostTree tree;
  tree.Write("sys/class/dmi/id/board_name", "0GDG8Y\n");
  EXPECT_THAT(tree.Meta(meta::kBoard), Optional(Eq("0GDG8Y")));
  tree.Remove("sys/class/dmi/id/board_name");
  tree.Write("sys/class/dmi/id/board_vendor", "Dell Inc.\n");
  EXPECT_THAT(tree.Meta(meta::kBoard), Optional(Eq("Dell Inc.")));
}

TEST(FirmwareTest, BlanksAroundAStringAreNotKept) {
  const HostTree tree;
  tree.Write("sys/class/dmi/id/bios_version", "  2.4.1 \n");
  EXPECT_THAT(tree.Meta(meta::kFirmwareVersion), Optional(Eq("2.4.1")));
  tree.Write("sys/class/dmi/id/bios_version", "    \n");
  EXPECT_EQ(tree.Meta(meta::kFirmwareVersion), std::nullopt);
}

class MicrocodeTest : public testing::Test {
 protected:
  MicrocodeTest() { tree.Write("sys/devices/system/cpu/online", "0-3\n"); }
  void WriteVersion(int cpu, std::string_view text) const {
    tree.Write("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/microcode/version", text);
  }
  const HostTree tree;
};

TEST_F(MicrocodeTest, DistinctRevisionsInNumericOrder) {
  WriteVersion(0, "0x100\n");
  WriteVersion(1, "0x22\n");
  WriteVersion(2, "0x100\n");
  WriteVersion(3, "0x9\n");
  EXPECT_THAT(tree.Meta(meta::kMicrocode), Optional(Eq("0x9, 0x22, 0x100")));
}

TEST_F(MicrocodeTest, OnlyOnlineCpusCount) {
  WriteVersion(0, "0x22\n");
  WriteVersion(4, "0x21\n");
  EXPECT_THAT(tree.Meta(meta::kMicrocode), Optional(Eq("0x22")));
}

TEST_F(MicrocodeTest, WhatIsNoRevisionIsLeftOut) {
  WriteVersion(0, "22\n");
  WriteVersion(1, "0x\n");
  WriteVersion(2, "0x1g\n");
  WriteVersion(3, "0x123456789\n");
  EXPECT_EQ(tree.Meta(meta::kMicrocode), std::nullopt);
  WriteVersion(2, "0xffffffff\n");
  EXPECT_THAT(tree.Meta(meta::kMicrocode), Optional(Eq("0xffffffff")));
}

TEST_F(MicrocodeTest, CpuinfoTellsWhereSysfsDoesNot) {
  tree.Write("proc/cpuinfo",
             "processor\t: 0\nmicrocode\t: 0x28\n\nprocessor\t: 1\nmicrocode\t: 0x22\n");
  EXPECT_THAT(tree.Meta(meta::kMicrocode), Optional(Eq("0x22, 0x28")));
  WriteVersion(0, "0x2a\n");
  EXPECT_THAT(tree.Meta(meta::kMicrocode), Optional(Eq("0x2a")));
}

TEST(LockdownTest, IsTheBracketedLevel) {
  const HostTree tree;
  tree.Write(kLockdownFile, "none [integrity] confidentiality\n");
  EXPECT_THAT(tree.Meta(meta::kLockdown), Optional(Eq("integrity")));
  tree.Write(kLockdownFile, "none integrity [confidentiality]\n");
  EXPECT_THAT(tree.Meta(meta::kLockdown), Optional(Eq("confidentiality")));
}

TEST(LockdownTest, AnythingElseIsAbsent) {
  const HostTree tree;
  for (const char* text : {"none integrity confidentiality\n", "]none[\n", "[]\n", "[full]\n",
                           "none [integrity\n", "\n"}) {
    tree.Write(kLockdownFile, text);
    EXPECT_EQ(tree.Meta(meta::kLockdown), std::nullopt) << text;
  }
}

// What must hold on any Linux machine that runs the tests, whatever it has.
TEST(HostContextSmokeTest, ThisMachine) {
  const HostContext context = ReadHostContext();
  EXPECT_FALSE(context.online.Intersects(context.offline));
  EXPECT_FALSE(context.metadata.Get(meta::kSource).has_value());
  std::set<std::string> keys;
  for (const auto& [key, value] : context.metadata.entries()) {
    EXPECT_TRUE(keys.insert(key).second) << key << " twice";
    EXPECT_FALSE(value.empty()) << key;
    EXPECT_EQ(Metadata::WhyInvalid(key, value), std::nullopt) << key << " = " << value;
  }
}

}  // namespace
}  // namespace vtprobe
