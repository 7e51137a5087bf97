#include "vtprobe/hal/linux_msr_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "hal/fake_cpu_driver.h"
#include "hal/mock_device_calls.h"
#include "hal/temp_tree.h"
#include "vtprobe/fixtures/msr_backend_contract.h"
#include "vtprobe/fixtures/result_matchers.h"
#include "vtprobe/fixtures/run_together.h"
#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using fixtures::ReadsAs;
using testing::_;
using testing::Return;
using testing::SizeIs;
using testing::StrictMock;

constexpr LogicalCpu kCpu0{0};
constexpr LogicalCpu kCpu1{1};
constexpr MsrAddress kFeatureControl{0x3a};
constexpr int kFd = 42;

std::array<std::byte, 8> BytesOf(std::uint64_t value) {
  return std::bit_cast<std::array<std::byte, 8>>(value);
}

// An action for Pread(): the whole register.
auto FillWith(std::uint64_t value) {
  return [value](int, std::span<std::byte> buffer, std::uint64_t) -> std::int64_t {
    std::memcpy(buffer.data(), &value, sizeof(value));
    return sizeof(value);
  };
}

// A reader over mocked calls. Each test says which calls it expects.
class LinuxMsrReaderTest : public testing::Test {
 protected:
  StrictMock<MockDeviceCalls>& calls_ = *new StrictMock<MockDeviceCalls>;
  LinuxMsrReader reader_{"/dev/cpu", std::unique_ptr<DeviceCalls>(&calls_)};
};

TEST_F(LinuxMsrReaderTest, ReadsEightBytesAtTheAddress) {
  EXPECT_CALL(calls_, Open("/dev/cpu/0/msr")).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Pread(kFd, SizeIs(8), 0x3a)).WillOnce(FillWith(0x5));
  EXPECT_CALL(calls_, Close(kFd));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
}

TEST_F(LinuxMsrReaderTest, AddressesAreUnsignedOffsets) {
  EXPECT_CALL(calls_, Open).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Pread(kFd, SizeIs(8), 0xc001'0114)).WillOnce(FillWith(0x18));
  EXPECT_CALL(calls_, Pread(kFd, SizeIs(8), 0xffff'ffff)).WillOnce(FillWith(0x1));
  EXPECT_CALL(calls_, Close(kFd));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, MsrAddress{0xc001'0114}), ReadsAs(0x18u));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, MsrAddress{0xffff'ffff}), ReadsAs(0x1u));
}

TEST_F(LinuxMsrReaderTest, OpensEachCpuOnceAndClosesItInTheEnd) {
  EXPECT_CALL(calls_, Open("/dev/cpu/0/msr")).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Open("/dev/cpu/1/msr")).WillOnce(Return(kFd + 1));
  EXPECT_CALL(calls_, Open("/dev/cpu/1024/msr")).WillOnce(Return(0));
  EXPECT_CALL(calls_, Pread(_, _, _)).WillRepeatedly(FillWith(0x5));
  EXPECT_CALL(calls_, Close(kFd));
  EXPECT_CALL(calls_, Close(kFd + 1));
  EXPECT_CALL(calls_, Close(0));
  for (int i = 0; i < 3; ++i) {
    for (const LogicalCpu cpu : {kCpu0, kCpu1, LogicalCpu{1024}}) {
      EXPECT_THAT(reader_.ReadMsr(cpu, kFeatureControl), ReadsAs(0x5u));
    }
  }
}

TEST_F(LinuxMsrReaderTest, TriesAFailedOpenAgain) {
  EXPECT_CALL(calls_, Open("/dev/cpu/0/msr")).WillOnce(Return(-EACCES)).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Pread).WillOnce(FillWith(0x5));
  EXPECT_CALL(calls_, Close(kFd));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kPermissionDenied));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
}

TEST_F(LinuxMsrReaderTest, RepeatsInterruptedCalls) {
  EXPECT_CALL(calls_, Open).WillOnce(Return(-EINTR)).WillOnce(Return(-EINTR)).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Pread)
      .WillOnce(Return(-EINTR))
      .WillOnce(Return(-EINTR))
      .WillOnce(FillWith(0x5));
  EXPECT_CALL(calls_, Close(kFd));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
}

TEST_F(LinuxMsrReaderTest, WithoutAnyNodeTheDriverIsMissing) {
  EXPECT_CALL(calls_, Open).WillRepeatedly(Return(-ENOENT));
  EXPECT_CALL(calls_, AnyCpuHasNode("/dev/cpu", "msr")).WillOnce(Return(false));
  for (const LogicalCpu cpu : {kCpu0, kCpu1, kCpu0}) {
    EXPECT_THAT(reader_.ReadMsr(cpu, kFeatureControl), FailsWith(AccessCode::kNoDriver));
  }
}

TEST_F(LinuxMsrReaderTest, WithAnotherCpusNodeTheCpuIsOffline) {
  EXPECT_CALL(calls_, Open).WillRepeatedly(Return(-ENOENT));
  EXPECT_CALL(calls_, AnyCpuHasNode("/dev/cpu", "msr")).WillOnce(Return(true));
  for (const LogicalCpu cpu : {kCpu0, kCpu1, kCpu0}) {
    EXPECT_THAT(reader_.ReadMsr(cpu, kFeatureControl), FailsWith(AccessCode::kCpuOffline));
  }
}

TEST_F(LinuxMsrReaderTest, ADriverLoadedLaterIsNoticed) {
  EXPECT_CALL(calls_, AnyCpuHasNode("/dev/cpu", "msr")).WillOnce(Return(false));
  EXPECT_CALL(calls_, Open("/dev/cpu/0/msr")).WillOnce(Return(-ENOENT)).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Open("/dev/cpu/1/msr")).WillOnce(Return(-ENOENT));
  EXPECT_CALL(calls_, Pread).WillOnce(FillWith(0x5));
  EXPECT_CALL(calls_, Close(kFd));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kNoDriver));
  EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
  EXPECT_THAT(reader_.ReadMsr(kCpu1, kFeatureControl), FailsWith(AccessCode::kCpuOffline));
}

TEST_F(LinuxMsrReaderTest, NumbersBeyondEveryKernelAreNotTried) {
  EXPECT_CALL(calls_, AnyCpuHasNode).WillOnce(Return(true));
  for (const std::uint32_t cpu : {kMaxCpuNumber + 1, 0xffff'ffffu}) {
    EXPECT_THAT(reader_.ReadMsr(LogicalCpu{cpu}, kFeatureControl),
                FailsWith(AccessCode::kCpuOffline));
  }
}

TEST_F(LinuxMsrReaderTest, FewerBytesAreNoValue) {
  EXPECT_CALL(calls_, Open).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Close(kFd));
  for (const std::int64_t count : {0, 1, 4, 7}) {
    EXPECT_CALL(calls_, Pread).WillOnce(Return(count));
    EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kShortRead));
  }
}

struct ErrnoCase {
  int sys_errno;
  AccessCode code;
};

TEST_F(LinuxMsrReaderTest, EveryErrnoOfOpenHasItsCode) {
  const std::vector<ErrnoCase> cases = {{EPERM, AccessCode::kPermissionDenied},  // no CAP_SYS_RAWIO
                                        {EACCES, AccessCode::kPermissionDenied},  // the file's mode
                                        {ENXIO, AccessCode::kCpuOffline},
                                        {EIO, AccessCode::kIo},  // a CPU without MSRs
                                        {EMFILE, AccessCode::kIo},
                                        {ENFILE, AccessCode::kIo},
                                        {ENOMEM, AccessCode::kIo},
                                        {ENODEV, AccessCode::kIo},
                                        {ENOTDIR, AccessCode::kIo},
                                        {ELOOP, AccessCode::kIo}};
  for (const auto& [sys_errno, code] : cases) {
    EXPECT_CALL(calls_, Open).WillOnce(Return(-sys_errno));
    EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), FailsWith(code));
  }
}

TEST_F(LinuxMsrReaderTest, EveryErrnoOfReadHasItsCode) {
  const std::vector<ErrnoCase> cases = {{EIO, AccessCode::kGeneralProtection},
                                        {ENXIO, AccessCode::kCpuOffline},
                                        {ENODATA, AccessCode::kNotRecorded},
                                        {EPERM, AccessCode::kLockedDown},
                                        {EACCES, AccessCode::kIo},
                                        {EINVAL, AccessCode::kIo},
                                        {EFAULT, AccessCode::kIo},
                                        {ENOENT, AccessCode::kIo},
                                        {EISDIR, AccessCode::kIo}};
  EXPECT_CALL(calls_, Open).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Close(kFd));
  for (const auto& [sys_errno, code] : cases) {
    EXPECT_CALL(calls_, Pread).WillOnce(Return(-sys_errno));
    EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), FailsWith(code));
  }
}

// Calls for one CPU at the same time are more than the interface promises, and
// must neither leak a descriptor for that nor use one that is closed.
TEST_F(LinuxMsrReaderTest, ACpuOpenedTwiceAtOnceKeepsOneDescriptor) {
  std::latch both_are_opening(2);
  std::atomic<int> next_fd = kFd;
  EXPECT_CALL(calls_, Open).Times(2).WillRepeatedly([&](const std::string&) {
    both_are_opening.arrive_and_wait();
    return next_fd++;
  });
  std::atomic<int> closed = -1;
  EXPECT_CALL(calls_, Close).WillOnce([&](int fd) { closed = fd; });
  EXPECT_CALL(calls_, Pread).WillRepeatedly([&](int fd, auto buffer, auto offset) {
    return fd == closed ? -EBADF : FillWith(0x5)(fd, buffer, offset);
  });
  const auto read = [&](std::size_t) {
    EXPECT_THAT(reader_.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
  };
  fixtures::RunTogether(2, read);
  const int kept = kFd + kFd + 1 - closed;
  EXPECT_CALL(calls_, Close(kept));
}

// From here on, real files through the real calls.

std::string_view AsText(const std::array<std::byte, 8>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(LinuxMsrReaderFiles, HighAddressesAreSixtyFourBitOffsets) {
  TempTree tree;
  tree.Write("0/msr", 0xc001'0114, AsText(BytesOf(0x0123'4567'89ab'cdef)));
  tree.Write("0/msr", 0xffff'ffff, AsText(BytesOf(0xfedc'ba98'7654'3210)));
  LinuxMsrReader reader(tree.root());
  EXPECT_THAT(reader.ReadMsr(kCpu0, MsrAddress{0xc001'0114}), ReadsAs(0x0123'4567'89ab'cdefu));
  EXPECT_THAT(reader.ReadMsr(kCpu0, MsrAddress{0xffff'ffff}), ReadsAs(0xfedc'ba98'7654'3210u));
}

TEST(LinuxMsrReaderFiles, AFileThatEndsTooSoonIsAShortRead) {
  TempTree tree;
  tree.Write("0/msr", 0, "1234");
  LinuxMsrReader reader(tree.root());
  EXPECT_THAT(reader.ReadMsr(kCpu0, MsrAddress{0}), FailsWith(AccessCode::kShortRead));
  EXPECT_THAT(reader.ReadMsr(kCpu0, MsrAddress{4}), FailsWith(AccessCode::kShortRead));
  EXPECT_THAT(reader.ReadMsr(kCpu0, MsrAddress{0xffff'ffff}), FailsWith(AccessCode::kShortRead));
}

TEST(LinuxMsrReaderFiles, WithoutTheRootTheDriverIsMissing) {
  TempTree tree;
  LinuxMsrReader reader(tree.root() + "/nowhere");
  EXPECT_THAT(reader.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kNoDriver));
}

TEST(LinuxMsrReaderFiles, WithTheCpuidDriverAloneTheMsrDriverIsMissing) {
  TempTree tree;
  tree.Write("0/cpuid", 0, "");
  tree.Write("1/cpuid", 0, "");
  LinuxMsrReader reader(tree.root());
  EXPECT_THAT(reader.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kNoDriver));
}

TEST(LinuxMsrReaderFiles, WithAnotherCpusNodeTheCpuIsOffline) {
  TempTree tree;
  tree.Write("11/msr", 0, "");
  LinuxMsrReader reader(tree.root());
  EXPECT_THAT(reader.ReadMsr(kCpu1, kFeatureControl), FailsWith(AccessCode::kCpuOffline));
}

TEST(LinuxMsrReaderFiles, OnlyFoldersOfCpusCountAsCpus) {
  TempTree tree;
  tree.Write("microcode/msr", 0, "");
  tree.Write("1a/msr", 0, "");
  tree.Write("msr", 0, "");
  LinuxMsrReader reader(tree.root());
  EXPECT_THAT(reader.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kNoDriver));
}

TEST(LinuxMsrReaderFiles, AFolderInThePlaceOfTheNodeIsAnIoError) {
  TempTree tree;
  tree.MakeFolder("0/msr");
  LinuxMsrReader reader(tree.root());
  EXPECT_THAT(reader.ReadMsr(kCpu0, kFeatureControl), FailsWith(AccessCode::kIo));
}

// The descriptors of this process that are open on that file.
std::vector<int> DescriptorsOf(const std::string& file) {
  std::vector<int> fds;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code closed_meanwhile;
    if (std::filesystem::read_symlink(entry.path(), closed_meanwhile) == file) {
      fds.push_back(std::stoi(entry.path().filename()));
    }
  }
  return fds;
}

TEST(LinuxMsrReaderFiles, DescriptorsCanNotWriteAndAreNotInherited) {
  TempTree tree;
  const std::string file = std::filesystem::canonical(tree.root()).string() + "/0/msr";
  tree.Write("0/msr", 0x3a, AsText(BytesOf(0x5)));
  {
    LinuxMsrReader reader(tree.root());
    EXPECT_THAT(reader.ReadMsr(kCpu0, kFeatureControl), ReadsAs(0x5u));
    const std::vector<int> fds = DescriptorsOf(file);
    ASSERT_THAT(fds, SizeIs(1));
    EXPECT_EQ(::fcntl(fds[0], F_GETFL) & O_ACCMODE, O_RDONLY);
    EXPECT_EQ(::fcntl(fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  }
  EXPECT_THAT(DescriptorsOf(file), testing::IsEmpty());
}

}  // namespace

namespace fixtures {
namespace {

class LinuxMsrReaderHarness {
 public:
  static constexpr std::array kFailures = {AccessCode::kGeneralProtection, AccessCode::kCpuOffline,
                                           AccessCode::kLockedDown, AccessCode::kShortRead,
                                           AccessCode::kIo};

  explicit LinuxMsrReaderHarness(const KnownMsrs& known)
      : reader_(FakeCpuDriver::kRoot, DriverHolding(known)) {}
  MsrReader& reader() { return reader_; }

 private:
  static std::unique_ptr<FakeCpuDriver> DriverHolding(const KnownMsrs& known) {
    auto driver = std::make_unique<FakeCpuDriver>("msr", 8);
    for (const auto& [cpu, address, answer] : known) {
      if (answer) {
        driver->Hold(cpu, Number(address), BytesOf(*answer));
      } else if (answer.error().code == AccessCode::kShortRead) {
        driver->ShortenRead(cpu, Number(address), 4);
      } else {
        driver->FailRead(cpu, Number(address), ErrnoOf(answer.error().code));
      }
    }
    return driver;
  }

  static int ErrnoOf(AccessCode code) {
    switch (code) {
      case AccessCode::kGeneralProtection:
        return EIO;
      case AccessCode::kCpuOffline:
        return ENXIO;
      case AccessCode::kLockedDown:
        return EPERM;
      default:
        return EFAULT;
    }
  }

  LinuxMsrReader reader_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(LinuxMsrReader, MsrBackendContract, LinuxMsrReaderHarness);

}  // namespace
}  // namespace fixtures
}  // namespace vtprobe
