// Whether a host was launched by tboot: "yes" needs the kernel's word, "no"
// needs proof that the word is missing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "hal/host_tree.h"

namespace vtprobe {
namespace {

using ::testing::Eq;
using ::testing::Optional;

constexpr std::string_view kKmsg = "dev/kmsg";
constexpr std::string_view kDmesg = "var/log/dmesg";

constexpr std::string_view kBanner =
    "5,0,0,-;Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org) #1 SMP\n";
constexpr std::string_view kCommandLine = "6,1,0,-;Command line: BOOT_IMAGE=/vmlinuz ro quiet\n";
constexpr std::string_view kTboot = "6,57,0,-;tboot: found shared page at phys addr 0x85a000:\n";
constexpr std::string_view kDevice =
    "6,339,5140900,-;pci 0000:00:00.0: [8086:2f00] type 00\n SUBSYSTEM=pci\n DEVICE=+pci:0000\n";

std::string Log(std::initializer_list<std::string_view> records) {
  std::string log;
  for (const std::string_view record : records) log += record;
  return log;
}

class MeasuredLaunchTest : public testing::Test {
 protected:
  std::optional<std::string> Answer() const { return tree.Meta(meta::kMeasuredLaunch); }
  void WriteConfig(std::string_view options) const {
    tree.Write("proc/sys/kernel/osrelease", "6.1.0\n");
    tree.Write("boot/config-6.1.0", options);
  }
  const HostTree tree;
};

TEST_F(MeasuredLaunchTest, TheKernelSaidSo) {
  tree.Write(kKmsg, Log({kBanner, kCommandLine, kTboot, kDevice}));
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
}

TEST_F(MeasuredLaunchTest, ItsWordCountsInALogWithoutBeginning) {
  tree.Write(kKmsg, Log({kCommandLine, kTboot}));
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
}

TEST_F(MeasuredLaunchTest, ItsSilenceCountsInALogWithABeginning) {
  tree.Write(kKmsg, Log({kBanner, kCommandLine, kDevice}));
  EXPECT_THAT(Answer(), Optional(Eq("no")));
}

TEST_F(MeasuredLaunchTest, ItsSilenceMeansNothingOtherwise) {
  EXPECT_EQ(Answer(), std::nullopt);
  tree.Write(kKmsg, Log({kCommandLine, kDevice}));
  EXPECT_EQ(Answer(), std::nullopt);
  tree.Write(kKmsg, "");
  EXPECT_EQ(Answer(), std::nullopt);
}

TEST_F(MeasuredLaunchTest, ATbootThatTheKernelRejectedIsNone) {
  tree.Write(kKmsg, Log({kBanner, "4,57,0,-;tboot: tboot at 0x85a000 is invalid\n"}));
  EXPECT_THAT(Answer(), Optional(Eq("no")));
}

TEST_F(MeasuredLaunchTest, WhatAProcessWroteIsNotTheKernelsWord) {
  // Facility 1 (user) and level 6 make priority 14.
  tree.Write(kKmsg, Log({kBanner, "14,900,0,-;tboot: found shared page at phys addr 0x1\n"}));
  EXPECT_THAT(Answer(), Optional(Eq("no")));
  tree.Write(kKmsg, Log({"13,0,0,-;Linux version 6.1.0\n", kCommandLine}));
  EXPECT_EQ(Answer(), std::nullopt);
}

TEST_F(MeasuredLaunchTest, OnlyTheStartOfAMessageCounts) {
  tree.Write(kKmsg, Log({kBanner, "6,1,0,-;Command line: tboot: found shared page\n",
                         "6,2,0,-;x\n tboot: found shared page\n"}));
  EXPECT_THAT(Answer(), Optional(Eq("no")));
  tree.Write(kKmsg, Log({"6,1,0,-;Command line: Linux version 6\n"}));
  EXPECT_EQ(Answer(), std::nullopt);
}

TEST_F(MeasuredLaunchTest, FieldsToComeInARecordAreSkipped) {
  tree.Write(kKmsg, Log({"5,0,0,-,caller=T0;Linux version 6.1.0\n",
                         "6,57,0,-,caller=T0;tboot: found shared page at phys addr 0x85a000:\n"}));
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
}

TEST_F(MeasuredLaunchTest, WhatIsNoRecordIsSkipped) {
  using namespace std::string_literals;
  tree.Write(kKmsg,
             Log({kBanner, ";tboot: found shared page\n", "x,1,0,-;tboot: found shared page\n",
                  "6;tboot: found shared page\n", "tboot: found shared page\n", "\n"}) +
                 "\0\xff\n"s);
  EXPECT_THAT(Answer(), Optional(Eq("no")));
}

TEST_F(MeasuredLaunchTest, ALogBeyondTheLimitIsNotSilent) {
  std::string log(kBanner);
  while (log.size() <= std::size_t{16} << 20) log += "6,1,0,-;" + std::string(4000, 'x') + '\n';
  tree.Write(kKmsg, log);
  EXPECT_EQ(Answer(), std::nullopt);
  tree.Write(kKmsg, std::string(kTboot) + log);
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
}

TEST_F(MeasuredLaunchTest, AKernelBuiltWithoutTxtWasNotLaunchedSo) {
  WriteConfig("# CONFIG_INTEL_TXT is not set\n");
  EXPECT_THAT(Answer(), Optional(Eq("no")));
  WriteConfig("CONFIG_X86=y\n#\n# Library routines\n#\n");
  EXPECT_THAT(Answer(), Optional(Eq("no")));
}

TEST_F(MeasuredLaunchTest, AKernelBuiltWithTxtMayHaveBeen) {
  WriteConfig("CONFIG_INTEL_TXT=y\n");
  EXPECT_EQ(Answer(), std::nullopt);
  tree.Write(kKmsg, kBanner);
  EXPECT_THAT(Answer(), Optional(Eq("no")));
  tree.Write(kKmsg, Log({kBanner, kTboot}));
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
}

TEST_F(MeasuredLaunchTest, UnderXenNobodyKnows) {
  tree.Write("sys/hypervisor/type", "xen\n");
  tree.Write(kKmsg, Log({kBanner, kCommandLine}));
  WriteConfig("# CONFIG_INTEL_TXT is not set\n");
  EXPECT_EQ(Answer(), std::nullopt);
}

// The log that some distributions keep in a file. This host booted at 1,700,000,000.
class DmesgFileTest : public MeasuredLaunchTest {
 protected:
  DmesgFileTest() {
    tree.Write("proc/stat", "cpu  1 2 3\nintr 99\nctxt 5\nbtime 1700000000\nprocesses 7\n");
  }
  void WriteDmesg(std::string_view text, std::int64_t modified_at = 1700000009) const {
    tree.Write(kDmesg, text);
    // file_clock's epoch is not that of system_clock, and clang 14's library
    // can't convert between them.
    const auto age = std::chrono::system_clock::now() -
                     std::chrono::system_clock::time_point(std::chrono::seconds(modified_at));
    std::filesystem::last_write_time(
        tree.root() / kDmesg,
        std::filesystem::file_time_type::clock::now() -
            std::chrono::duration_cast<std::filesystem::file_time_type::duration>(age));
  }
};

constexpr std::string_view kDmesgBanner = "[    0.000000] Linux version 6.1.0-18-amd64\n";
constexpr std::string_view kDmesgTboot =
    "[    0.000000] tboot: found shared page at phys addr 0x85a000:\n";

TEST_F(DmesgFileTest, AnswersWhereKmsgIsClosed) {
  WriteDmesg(Log({kDmesgBanner, kDmesgTboot}));
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
  WriteDmesg(kDmesgBanner);
  EXPECT_THAT(Answer(), Optional(Eq("no")));
  WriteDmesg("[    1.000000] usb 1-1: new device\n");
  EXPECT_EQ(Answer(), std::nullopt);
}

TEST_F(DmesgFileTest, AnswersWhereKmsgHasLostItsBeginning) {
  tree.Write(kKmsg, kDevice);
  WriteDmesg(Log({kDmesgBanner, kDmesgTboot}));
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
}

TEST_F(DmesgFileTest, IsReadInTheFormsThatDistributionsWrite) {
  WriteDmesg("[    0.000000][    T0] tboot: found shared page at phys addr 0x85a000:\n");
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
  WriteDmesg("[    0.000000] kernel: tboot: found shared page at phys addr 0x85a000:\n");
  EXPECT_THAT(Answer(), Optional(Eq("yes")));
  WriteDmesg("[    9.000000] systemd[1]: tboot: found shared page at phys addr 0x85a000:\n");
  EXPECT_EQ(Answer(), std::nullopt);
}

TEST_F(DmesgFileTest, OfAnEarlierBootDoesNotCount) {
  WriteDmesg(Log({kDmesgBanner, kDmesgTboot}), 1699999990);
  EXPECT_EQ(Answer(), std::nullopt);
}

TEST_F(DmesgFileTest, DoesNotCountIfTheBootTimeIsUnknown) {
  WriteDmesg(Log({kDmesgBanner, kDmesgTboot}));
  for (const char* stat : {"", "btime \n", "btime soon\n", "btime 1x\n", "cpu 1\n"}) {
    tree.Write("proc/stat", stat);
    EXPECT_EQ(Answer(), std::nullopt) << stat;
  }
}

}  // namespace
}  // namespace vtprobe
