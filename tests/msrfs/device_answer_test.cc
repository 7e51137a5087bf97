// What the served files answer, without mounting any.

#include "msrfs/device_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "vtprobe/hal/dump.h"

namespace vtprobe::msrfs {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr LogicalCpu kCpu0{0};
constexpr LogicalCpu kCpu1{1};

PlatformSnapshot Dump(const std::string& body) { return *ParseDump("vtprobe-dump 1\n" + body); }

std::vector<std::uint64_t> Words(const Answer& answer) {
  std::vector<std::uint64_t> words(answer.bytes.size() / sizeof(std::uint64_t));
  if (!words.empty()) std::memcpy(words.data(), answer.bytes.data(), answer.bytes.size());
  return words;
}

TEST(DeviceAnswers, AnMsrIsEightBytesAtItsAddress) {
  const PlatformSnapshot snapshot = Dump("cpu 0\nmsr 0x3a = 0xff03\nmsr 0xc0010114 = 0x18\n");
  const DeviceAnswers answers(snapshot);
  EXPECT_THAT(Words(answers.Read(kCpu0, Node::kMsr, 0x3a, 8)), testing::ElementsAre(0xff03u));
  EXPECT_THAT(Words(answers.Read(kCpu0, Node::kMsr, 0xc001'0114, 8)), testing::ElementsAre(0x18u));
  // The driver looks at the low 32 bits alone.
  EXPECT_THAT(Words(answers.Read(kCpu0, Node::kMsr, 0x1'0000'003a, 8)),
              testing::ElementsAre(0xff03u));
}

TEST(DeviceAnswers, ALongerReadRepeatsTheMsr) {
  const PlatformSnapshot snapshot = Dump("cpu 0\nmsr 0x3a = 0x5\nmsr 0x42 = 0x7\n");
  const DeviceAnswers answers(snapshot);
  EXPECT_THAT(Words(answers.Read(kCpu0, Node::kMsr, 0x3a, 24)), testing::ElementsAre(5u, 5u, 5u));
  EXPECT_THAT(answers.Read(kCpu0, Node::kMsr, 0x3a, 0).bytes, IsEmpty());
}

TEST(DeviceAnswers, OtherSizesAreInvalid) {
  const PlatformSnapshot snapshot =
      Dump("cpu 0\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\nmsr 0x3a = 0x5\n");
  const DeviceAnswers answers(snapshot);
  for (const std::size_t size : {1u, 4u, 7u, 9u, 12u}) {
    EXPECT_EQ(answers.Read(kCpu0, Node::kMsr, 0x3a, size).sys_errno, EINVAL) << size;
  }
  for (const std::size_t size : {1u, 4u, 8u, 15u, 24u}) {
    EXPECT_EQ(answers.Read(kCpu0, Node::kCpuid, 0, size).sys_errno, EINVAL) << size;
  }
}

TEST(DeviceAnswers, ACpuidReadGoesOnToTheNextLeafAndEndsBeforeWhatFails) {
  const PlatformSnapshot snapshot = Dump(
      "cpu 0\ncpuid 0x4.0x1 = 0x1 0x2 0x3 0x4\ncpuid 0x5.0x1 = 0x5 0x6 0x7 0x8\n"
      "cpuid 0x6.0x1 = 0x5 - 0x7 0x8\n");
  const DeviceAnswers answers(snapshot);
  constexpr std::uint64_t kSubleaf1 = 0x1'0000'0000;
  EXPECT_THAT(Words(answers.Read(kCpu0, Node::kCpuid, kSubleaf1 | 4, 32)),
              testing::ElementsAre(0x2'0000'0001u, 0x4'0000'0003u, 0x6'0000'0005u, 0x8'0000'0007u));
  EXPECT_THAT(answers.Read(kCpu0, Node::kCpuid, kSubleaf1 | 4, 64).bytes, SizeIs(32));
  // A register of it is not recorded, so there is no answer of four.
  EXPECT_EQ(answers.Read(kCpu0, Node::kCpuid, kSubleaf1 | 6, 16).sys_errno, ENODATA);
  EXPECT_EQ(answers.Read(kCpu0, Node::kCpuid, 4, 16).sys_errno, ENODATA);
}

TEST(DeviceAnswers, EachFailureHasItsErrno) {
  const PlatformSnapshot snapshot = Dump(
      "cpu 0\nmsr 0x1 ! general-protection\nmsr 0x2 ! cpu-offline\nmsr 0x3 ! permission-denied\n"
      "msr 0x4 ! no-driver\nmsr 0x5 ! locked-down\nmsr 0x6 ! short-read\nmsr 0x7 ! not-recorded\n"
      "msr 0x8 ! not-pinned\nmsr 0x9 ! malformed-dump\nmsr 0xa ! io\n");
  const DeviceAnswers answers(snapshot);
  EXPECT_EQ(answers.Open(kCpu0, Node::kMsr), 0);
  const std::vector<int> expected = {EIO,     ENXIO, EACCES,  ENODEV,    EPERM,  0,
                                     ENODATA, EXDEV, EBADMSG, EREMOTEIO, ENODATA};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Answer answer = answers.Read(kCpu0, Node::kMsr, i + 1, 8);
    EXPECT_EQ(answer.sys_errno, expected[i]) << "MSR " << i + 1;
    EXPECT_THAT(answer.bytes, IsEmpty());
  }
}

TEST(DeviceAnswers, AFileThatNobodyCouldOpenIsRefused) {
  const PlatformSnapshot snapshot = Dump(
      "cpu 0-1\nmsr 0x3a ! permission-denied\ncpuid 0x0.0x0 ! permission-denied\n"
      "cpu 1\nmsr 0x17 = 0x0\ncpuid 0x1.0x0 = 0x0 0x0 0x0 0x0\n");
  const DeviceAnswers answers(snapshot);
  EXPECT_EQ(answers.Open(kCpu0, Node::kMsr), EPERM);
  EXPECT_EQ(answers.Open(kCpu0, Node::kCpuid), EACCES);
  EXPECT_EQ(answers.Open(kCpu1, Node::kMsr), 0);
  EXPECT_EQ(answers.Open(kCpu1, Node::kCpuid), 0);
}

TEST(DeviceAnswers, WithoutADriverThereIsNoFile) {
  const PlatformSnapshot snapshot =
      Dump("cpu 0-1\ncpuid 0x0.0x0 = 0x1 0x2 0x3 0x4\nmsr 0x3a ! no-driver\n");
  const DeviceAnswers answers(snapshot);
  for (const LogicalCpu cpu : {kCpu0, kCpu1}) {
    EXPECT_FALSE(answers.Exists(cpu, Node::kMsr));
    EXPECT_TRUE(answers.Exists(cpu, Node::kCpuid));
  }
}

TEST(DeviceAnswers, OfflineCpusAreNotThere) {
  const PlatformSnapshot snapshot =
      Dump("cpu 0,2\nmsr 0x3a = 0x5\ncpu 1 offline\nmsr 0x3a = 0x5\n");
  EXPECT_THAT(DeviceAnswers(snapshot).cpus(), testing::ElementsAre(kCpu0, LogicalCpu{2}));
}

// A kernel that asks for what it was never told of gets no other CPU's files.
TEST(DeviceAnswers, AnUnknownCpuHasNoFiles) {
  const PlatformSnapshot snapshot = Dump("cpu 1-2\nmsr 0x3a = 0x5\n");
  const DeviceAnswers answers(snapshot);
  for (const std::uint32_t number : {0u, 3u, 0xffff'ffffu}) {
    for (const Node node : {Node::kMsr, Node::kCpuid}) {
      EXPECT_FALSE(answers.Exists(LogicalCpu{number}, node)) << number;
      EXPECT_EQ(answers.Open(LogicalCpu{number}, node), ENOENT) << number;
    }
  }
}

}  // namespace
}  // namespace vtprobe::msrfs
