// Which CPUs a host is said to have: sysfs first, /proc/cpuinfo in its place,
// and nothing that is only possible.

#include <gtest/gtest.h>

#include <string_view>

#include "hal/host_tree.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

class HostCpusTest : public testing::Test {
 protected:
  void WriteList(std::string_view name, std::string_view text) const {
    tree.Write(std::string("sys/devices/system/cpu/").append(name), text);
  }
  const HostTree tree;
};

TEST_F(HostCpusTest, OfflineIsPresentWithoutOnline) {
  WriteList("online", "0-3,5\n");
  WriteList("present", "0-7\n");
  WriteList("possible", "0-239\n");
  WriteList("offline", "4,6-239\n");
  const HostContext context = tree.Read();
  EXPECT_EQ(context.online, (CpuSet{{0, 3}, {5, 5}}));
  EXPECT_EQ(context.offline, (CpuSet{{4, 4}, {6, 7}}));
}

TEST_F(HostCpusTest, NoneIsOfflineWhereAllPresentOnesRun) {
  WriteList("online", "0-1\n");
  WriteList("present", "0-1\n");
  WriteList("offline", "2-8191\n");
  EXPECT_TRUE(tree.Read().offline.empty());
}

TEST_F(HostCpusTest, NoneIsOfflineWherePresenceIsUnknown) {
  WriteList("online", "0-1\n");
  for (const char* present : {"", "\n", "zero\n", "0-1"}) {
    WriteList("present", present);
    EXPECT_TRUE(tree.Read().offline.empty()) << present;
  }
}

TEST_F(HostCpusTest, TheNewlineMayBeMissing) {
  WriteList("online", "0-127");
  EXPECT_EQ(tree.Read().online, (CpuSet{{0, 127}}));
}

constexpr std::string_view kCpuinfo =
    "processor\t: 0\nvendor_id\t: GenuineIntel\n\n"
    "processor\t: 1\nvendor_id\t: GenuineIntel\n\n"
    "processor\t: 12\nvendor_id\t: GenuineIntel\n";

TEST_F(HostCpusTest, CpuinfoTellsWhereSysfsIsMissingOrNonsense) {
  tree.Write("proc/cpuinfo", kCpuinfo);
  const CpuSet listed{{0, 1}, {12, 12}};
  EXPECT_EQ(tree.Read().online, listed);
  for (const char* online : {"", "\n", "0-\n", "3-1\n", "0-65536\n", "0\n1\n"}) {
    WriteList("online", online);
    EXPECT_EQ(tree.Read().online, listed) << online;
  }
  WriteList("online", "0\n");
  EXPECT_EQ(tree.Read().online, (CpuSet{{0, 0}}));
}

TEST_F(HostCpusTest, PresentCpusThatCpuinfoLacksAreOffline) {
  tree.Write("proc/cpuinfo", kCpuinfo);
  WriteList("present", "0-12\n");
  EXPECT_EQ(tree.Read().offline, (CpuSet{{2, 11}}));
}

TEST_F(HostCpusTest, CpuinfoThatMakesNoSenseTellsNothing) {
  for (const char* text : {"", "processor\n", "processor\t: \n", "processor\t: x\n",
                           "processor\t: 0\nprocessor\t: 0\n", "processor\t: 65536\n",
                           "processor\t: 0\nprocessor\t: 4294967296\n",
                           // ARM's summary line, spelled differently for a reason
                           "Processor\t: ARMv7 Processor rev 4 (v7l)\n"}) {
    tree.Write("proc/cpuinfo", text);
    EXPECT_TRUE(tree.Read().online.empty()) << text;
  }
}

}  // namespace
}  // namespace vtprobe
