// The mounted tree, read as programs read /dev/cpu, and by our own backends:
// whatever can be told through files must come back as it was recorded.

#include <dirent.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "cli/process.h"
#include "corpus/machine_folder.h"
#include "hal/temp_tree.h"
#include "msrfs/served_dump.h"
#include "vtprobe/fixtures/replay_platform.h"
#include "vtprobe/hal/linux_cpuid_device.h"
#include "vtprobe/hal/linux_msr_reader.h"
#include "vtprobe/hal/replay_backend.h"

namespace vtprobe::msrfs {
namespace {

using testing::HasSubstr;

class Serve : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = WhyNothingCanBeMounted()) GTEST_SKIP() << *reason;
  }

  std::string Dump(const std::string& body) {
    const std::string name = std::to_string(++dumps_) + ".dump";
    tree_.Write(name, 0, "vtprobe-dump 1\n" + body);
    return tree_.root() + "/" + name;
  }

 private:
  TempTree tree_;
  int dumps_ = 0;
};

struct Fd {
  Fd(const std::string& path, int flags) : number(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~Fd() {
    if (number >= 0) ::close(number);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int number;
};

TEST_F(Serve, LooksLikeTheDriversFolder) {
  const ServedDump served(Dump("cpu 0,2-11\nmsr 0x3a = 0x5\ncpu 1 offline\n"));
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(served.root())) {
    names.push_back(entry.path().filename());
  }
  // In devtmpfs's order, which rdmsr -a takes for the reverse of the CPUs'.
  EXPECT_THAT(names, testing::ElementsAre("11", "10", "9", "8", "7", "6", "5", "4", "3", "2", "0"));
  EXPECT_EQ(::access((served.root() + "/1/msr").c_str(), F_OK), -1);
  EXPECT_EQ(::access((served.root() + "/02/msr").c_str(), F_OK), -1);
  struct stat attributes = {};
  ASSERT_EQ(::stat((served.root() + "/11/msr").c_str(), &attributes), 0);
  EXPECT_EQ(attributes.st_mode & 0777u, 0600u);
  EXPECT_EQ(attributes.st_size, off_t{1} << 40);
  ASSERT_EQ(::stat((served.root() + "/11/cpuid").c_str(), &attributes), 0);
  EXPECT_EQ(attributes.st_mode & 0777u, 0444u);
}

TEST_F(Serve, ReadsBeyondTwoGigabytesAndRefusesWrites) {
  const ServedDump served(Dump("cpu 0\nmsr 0x3a = 0x5\nmsr 0xc0010114 = 0x18\n"));
  // Some open for writing what they only read.
  const Fd file(served.root() + "/0/msr", O_RDWR);
  ASSERT_GE(file.number, 0);
  std::uint64_t value = 0;
  ASSERT_EQ(::pread(file.number, &value, sizeof(value), 0xc001'0114), 8);
  EXPECT_EQ(value, 0x18u);
  ASSERT_EQ(::lseek(file.number, 0x3a, SEEK_SET), 0x3a);
  ASSERT_EQ(::read(file.number, &value, sizeof(value)), 8);
  EXPECT_EQ(value, 0x5u);
  std::array<std::uint64_t, 2> twice{};
  ASSERT_EQ(::pread(file.number, twice.data(), sizeof(twice), 0x3a), 16);
  EXPECT_THAT(twice, testing::ElementsAre(0x5u, 0x5u));
  EXPECT_EQ(::pread(file.number, &value, 4, 0x3a), -1);
  EXPECT_EQ(errno, EINVAL);

  value = 0x7;
  EXPECT_EQ(::pwrite(file.number, &value, sizeof(value), 0x3a), -1);
  EXPECT_EQ(errno, EPERM);
  const Fd truncating(served.root() + "/0/msr", O_WRONLY | O_TRUNC);
  EXPECT_GE(truncating.number, 0);
  ASSERT_EQ(::pread(file.number, &value, sizeof(value), 0x3a), 8);
  EXPECT_EQ(value, 0x5u);
}

TEST_F(Serve, AnswersManyAtTheSameTime) {
  const ServedDump served(
      Dump("cpu 0\nmsr 0x3a = 0x0\ncpu 1\nmsr 0x3a = 0x1\ncpu 2\nmsr 0x3a = 0x2\ncpu 3\nmsr 0x3a = "
           "0x3\n"));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (std::uint32_t cpu = 0; cpu < 4; ++cpu) {
    threads.emplace_back([&, cpu] {
      LinuxMsrReader reader(served.root());
      for (int i = 0; i < 200; ++i) {
        const auto value = reader.ReadMsr(LogicalCpu{cpu}, MsrAddress{0x3a});
        if (!value || *value != cpu) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(Serve, UnmountsWhenASignalEndsIt) {
  for (const int signal_number : {SIGINT, SIGTERM}) {
    ServedDump served(Dump("cpu 0\nmsr 0x3a = 0x5\n"));
    ASSERT_TRUE(served.IsMounted());
    EXPECT_EQ(served.End(signal_number), 0);
    EXPECT_FALSE(served.IsMounted());
  }
}

TEST_F(Serve, UnmountsWhenASignalGoesToAllItsProcessesAgainAndAgain) {
  const std::string dump = Dump("cpu 0\nmsr 0x3a = 0x5\n");
  for (int i = 0; i < 20; ++i) {
    for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
      ServedDump served(dump);
      ASSERT_EQ(served.EndAllAtOnce(signal_number), 0) << signal_number;
      ASSERT_FALSE(served.IsMounted());
    }
  }
}

// Vtprobe() reads to the end of what the process and all its children may write.
TEST_F(Serve, InTheBackgroundReturnsWhenTheTreeIsThere) {
  const std::string dump = Dump("cpu 0\nmsr 0x3a = 0x5\n");
  TempTree tree;
  tree.MakeFolder("cpu");
  const std::string folder = tree.root() + "/cpu";
  const Ended started = Vtprobe({"serve", "--background", dump, folder});
  EXPECT_EQ(started.exit_status, 0);
  EXPECT_THAT(started.err, HasSubstr("until it is unmounted"));
  {
    const Fd file(folder + "/0/msr", O_RDONLY);
    std::uint64_t value = 0;
    EXPECT_EQ(::pread(file.number, &value, sizeof(value), 0x3a), 8);
    EXPECT_EQ(value, 0x5);
  }
  EXPECT_EQ(::umount2(folder.c_str(), 0), 0);
  EXPECT_FALSE(std::filesystem::exists(folder + "/0"));
}

TEST_F(Serve, InTheBackgroundSaysWhyItCanNot) {
  const std::string dump = Dump("cpu 0\nmsr 0x3a = five\n");
  const Ended ended = Vtprobe({"serve", "--background", dump, "/"});
  EXPECT_EQ(ended.exit_status, 65);
  EXPECT_THAT(ended.err, HasSubstr(":3:"));
  EXPECT_EQ(Vtprobe({"serve", "--background", Dump("cpu 0\n"), "/not-there"}).exit_status, 66);
}

TEST_F(Serve, SaysHowAStaleMountIsCleared) {
  const std::string dump = Dump("cpu 0\nmsr 0x3a = 0x5\n");
  ServedDump served(dump);
  served.End(SIGKILL);
  // Who answers does not outlive who mounted, and dies when the kernel comes to it.
  const auto is_gone = [&] {
    return ::access(served.root().c_str(), F_OK) != 0 && errno == ENOTCONN;
  };
  for (int i = 0; i < 5'000 && !is_gone(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(is_gone());
  const Ended ended = Vtprobe({"serve", dump, served.root()});
  EXPECT_EQ(ended.exit_status, 74);
  EXPECT_THAT(ended.err, HasSubstr("fusermount3 -u " + served.root()));
}

TEST_F(Serve, WhatCanNotBeServedHasItsExitStatus) {
  const std::string dump = Dump("cpu 0\nmsr 0x3a = 0x5\n");
  EXPECT_EQ(Vtprobe({"serve", dump, "/nonexistent"}).exit_status, 66);
  EXPECT_EQ(Vtprobe({"serve", dump, dump}).exit_status, 66);
  EXPECT_EQ(Vtprobe({"serve", "/nonexistent", "/tmp"}).exit_status, 66);
  EXPECT_EQ(Vtprobe({"serve", Dump("cpu x\n"), "/tmp"}).exit_status, 65);
}

// The two errors that happen to a recording or a reader and never to a driver:
// through files they are only "something went wrong".
AccessCode AsADriverSays(AccessCode code) {
  switch (code) {
    case AccessCode::kNotPinned:
    case AccessCode::kMalformedDump:
      return AccessCode::kIo;
    default:
      return code;
  }
}

template <typename Value>
void Compare(const Result<Value>& read, const Result<Value>& recorded, const std::string& what) {
  ASSERT_EQ(read.has_value(), recorded.has_value())
      << what << ": " << Name(read ? recorded.error().code : read.error().code);
  if (recorded) {
    EXPECT_EQ(*read, *recorded) << what;
  } else {
    EXPECT_EQ(Name(read.error().code), Name(AsADriverSays(recorded.error().code))) << what;
  }
}

std::string Hex(std::uint64_t number) {
  std::ostringstream text;
  text << "0x" << std::hex << number;
  return text.str();
}

void ExpectServedAsRecorded(const std::string& path) {
  const PlatformSnapshot snapshot = fixtures::LoadDump(path);
  ReplayBackend recorded(snapshot);
  const ServedDump served(path);
  LinuxMsrReader msrs(served.root());
  LinuxCpuidDevice cpuid(served.root());

  const Selection all = snapshot.Everything();
  for (const LogicalCpu cpu : snapshot.online().Union(snapshot.offline()).ToVector()) {
    const std::string who = "CPU " + std::to_string(Number(cpu));
    for (const MsrAddress address : all.msrs) {
      Compare(msrs.ReadMsr(cpu, address), recorded.ReadMsr(cpu, address),
              who + " MSR " + Hex(Number(address)));
    }
    for (const auto& [leaf, mask] : all.cpuid) {
      Compare(cpuid.ReadCpuid(cpu, leaf), recorded.ReadCpuid(cpu, leaf),
              who + " CPUID " + Hex(leaf.leaf) + "." + Hex(leaf.subleaf));
    }
    // What nobody recorded is no value.
    EXPECT_FALSE(msrs.ReadMsr(cpu, MsrAddress{0xffff'fff0})) << who;
    EXPECT_FALSE(cpuid.ReadCpuid(cpu, {0x7777'7777, 0})) << who;
  }
}

// By group, since a test case for each machine would ask for as many processes.
class ServedMachines : public testing::TestWithParam<const char*> {};

TEST_P(ServedMachines, ReadAsTheyWereRecorded) {
  if (const auto reason = WhyNothingCanBeMounted()) GTEST_SKIP() << *reason;
  int machines = 0;
  for (const std::string& folder : corpus::MachineFolders(corpus::ShippedDumps())) {
    if (!folder.starts_with(std::string(GetParam()) + "/")) continue;
    SCOPED_TRACE(folder);
    ExpectServedAsRecorded((corpus::ShippedDumps() / folder / "machine.dump").string());
    ++machines;
  }
  EXPECT_GT(machines, 0);
}

INSTANTIATE_TEST_SUITE_P(Recorded, ServedMachines,
                         testing::Values("amd", "centaur", "hygon", "intel", "synthetic",
                                         "zhaoxin"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace vtprobe::msrfs
