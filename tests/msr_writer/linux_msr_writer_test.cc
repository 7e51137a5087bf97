// What a driver answers, and whose word that is.

#include "msr_writer/linux_msr_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

namespace vtprobe::msr_writer {
namespace {

struct Driver {
  int opens = 9;  // a descriptor, or -errno
  std::int64_t writes = 8;
  bool is_present = false;  // on another CPU
  std::vector<std::string> calls;

  WriteCalls Calls() {
    return {.open =
                [this](const std::string& path) {
                  calls.push_back("open " + path);
                  return opens;
                },
            .pwrite =
                [this](int fd, std::uint64_t value, std::uint64_t offset) {
                  calls.push_back("pwrite " + std::to_string(fd) + " " + std::to_string(value) +
                                  " at " + std::to_string(offset));
                  return writes;
                },
            .close = [this](int fd) { calls.push_back("close " + std::to_string(fd)); },
            .driver_is_present = [this] { return is_present; }};
  }
};

Result<void> Write(Driver& driver) {
  return LinuxMsrWriter(driver.Calls()).WriteMsr(LogicalCpu{3}, MsrAddress{0x3a}, 5);
}

TEST(LinuxMsrWriter, WritesEightBytesAtTheRegistersAddress) {
  Driver driver;
  EXPECT_TRUE(Write(driver));
  EXPECT_THAT(driver.calls,
              testing::ElementsAre("open /dev/cpu/3/msr", "pwrite 9 5 at 58", "close 9"));
}

TEST(LinuxMsrWriter, TellsTheCpusWordFromTheKernels) {
  const std::vector<std::pair<int, AccessCode>> answers = {
      {-EIO, AccessCode::kGeneralProtection},
      {-EPERM, AccessCode::kLockedDown},
      {-ENXIO, AccessCode::kCpuOffline},
      {-EFAULT, AccessCode::kIo},
      {4, AccessCode::kIo},
  };
  for (const auto& [answer, code] : answers) {
    Driver driver;
    driver.writes = answer;
    const auto written = Write(driver);
    ASSERT_FALSE(written) << answer;
    EXPECT_EQ(written.error().code, code) << answer;
    EXPECT_EQ(driver.calls.back(), "close 9");
  }
}

// EIO of open(2) is not a fault of a register's.
TEST(LinuxMsrWriter, WritesNothingToWhatDoesNotOpen) {
  const std::vector<std::pair<int, AccessCode>> answers = {
      {-ENOENT, AccessCode::kNoDriver},
      {-EACCES, AccessCode::kPermissionDenied},
      {-EPERM, AccessCode::kPermissionDenied},
      {-ENXIO, AccessCode::kCpuOffline},
      {-EIO, AccessCode::kIo},
  };
  for (const auto& [answer, code] : answers) {
    Driver driver;
    driver.opens = answer;
    const auto written = Write(driver);
    ASSERT_FALSE(written) << answer;
    EXPECT_EQ(written.error().code, code) << answer;
    EXPECT_EQ(driver.calls.size(), 1u);
  }
}

TEST(LinuxMsrWriter, TellsACpuThatIsOfflineFromADriverThatIsNotThere) {
  Driver driver;
  driver.opens = -ENOENT;
  driver.is_present = true;
  const auto written = Write(driver);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, AccessCode::kCpuOffline);
}

}  // namespace
}  // namespace vtprobe::msr_writer
