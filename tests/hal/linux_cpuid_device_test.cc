#include "vtprobe/hal/linux_cpuid_device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hal/fake_cpu_driver.h"
#include "hal/mock_device_calls.h"
#include "hal/temp_tree.h"
#include "hal/usable_cpus.h"
#include "vtprobe/fixtures/backend_contract.h"
#include "vtprobe/fixtures/result_matchers.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using fixtures::ReadsAs;
using testing::Return;
using testing::SizeIs;
using testing::StrictMock;

constexpr LogicalCpu kCpu0{0};
constexpr LogicalCpu kCpu1{1};
constexpr int kFd = 42;

std::array<std::byte, 16> BytesOf(const CpuidRegisters& r) {
  return std::bit_cast<std::array<std::byte, 16>>(
      std::array<std::uint32_t, 4>{r.eax, r.ebx, r.ecx, r.edx});
}

class LinuxCpuidDeviceTest : public testing::Test {
 protected:
  StrictMock<MockDeviceCalls>& calls_ = *new StrictMock<MockDeviceCalls>;
  LinuxCpuidDevice device_{"/dev/cpu", std::unique_ptr<DeviceCalls>(&calls_)};
};

TEST_F(LinuxCpuidDeviceTest, ReadsSixteenBytesAtLeafAndSubleaf) {
  const auto fill = [](int, std::span<std::byte> buffer, std::uint64_t) -> std::int64_t {
    const std::uint32_t registers[] = {1, 2, 3, 4};
    std::memcpy(buffer.data(), registers, sizeof(registers));
    return sizeof(registers);
  };
  EXPECT_CALL(calls_, Open("/dev/cpu/1/cpuid")).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Pread(kFd, SizeIs(16), 0x0000'0002'8000'000b)).WillOnce(fill);
  EXPECT_CALL(calls_, Close(kFd));
  EXPECT_THAT(device_.ReadCpuid(kCpu1, {0x8000'000b, 2}), ReadsAs(CpuidRegisters{1, 2, 3, 4}));
}

TEST_F(LinuxCpuidDeviceTest, WithoutAnyNodeTheDriverIsMissing) {
  EXPECT_CALL(calls_, Open).WillOnce(Return(-ENOENT));
  EXPECT_CALL(calls_, AnyCpuHasNode("/dev/cpu", "cpuid")).WillOnce(Return(false));
  EXPECT_THAT(device_.ReadCpuid(kCpu0, {0, 0}), FailsWith(AccessCode::kNoDriver));
}

TEST_F(LinuxCpuidDeviceTest, EveryErrnoOfOpenHasItsCode) {
  struct {
    int sys_errno;
    AccessCode code;
  } const cases[] = {{EPERM, AccessCode::kPermissionDenied},
                     {EACCES, AccessCode::kPermissionDenied},
                     {ENXIO, AccessCode::kCpuOffline},
                     {EIO, AccessCode::kIo},
                     {EMFILE, AccessCode::kIo}};
  for (const auto& [sys_errno, code] : cases) {
    EXPECT_CALL(calls_, Open).WillOnce(Return(-sys_errno));
    EXPECT_THAT(device_.ReadCpuid(kCpu0, {0, 0}), FailsWith(code));
  }
}

// The instruction can't fault and lockdown doesn't cover it, so what would be
// #GP or lockdown of the msr driver is none here.
TEST_F(LinuxCpuidDeviceTest, EveryErrnoOfReadHasItsCode) {
  struct {
    int sys_errno;
    AccessCode code;
  } const cases[] = {{ENXIO, AccessCode::kCpuOffline},
                     {ENODATA, AccessCode::kNotRecorded},
                     {EIO, AccessCode::kIo},
                     {EPERM, AccessCode::kIo},
                     {EINVAL, AccessCode::kIo}};
  EXPECT_CALL(calls_, Open).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Close(kFd));
  for (const auto& [sys_errno, code] : cases) {
    EXPECT_CALL(calls_, Pread).WillOnce(Return(-sys_errno));
    EXPECT_THAT(device_.ReadCpuid(kCpu0, {0, 0}), FailsWith(code));
  }
}

TEST_F(LinuxCpuidDeviceTest, FewerBytesAreNoAnswer) {
  EXPECT_CALL(calls_, Open).WillOnce(Return(kFd));
  EXPECT_CALL(calls_, Close(kFd));
  for (const std::int64_t count : {0, 4, 8, 15}) {
    EXPECT_CALL(calls_, Pread).WillOnce(Return(count));
    EXPECT_THAT(device_.ReadCpuid(kCpu0, {0, 0}), FailsWith(AccessCode::kShortRead));
  }
}

TEST(LinuxCpuidDeviceFiles, ASubleafBeyondTheOffsetsIsRefused) {
  TempTree tree;
  tree.Write("0/cpuid", 0, "0123456789abcdef");
  LinuxCpuidDevice device(tree.root());
  EXPECT_TRUE(device.ReadCpuid(kCpu0, {0, 0}).has_value());
  EXPECT_THAT(device.ReadCpuid(kCpu0, {0, 0x8000'0000}), FailsWith(AccessCode::kIo));
}

TEST(LinuxCpuidDeviceFiles, WithAnotherCpusNodeTheCpuIsOffline) {
  TempTree tree;
  tree.Write("0/cpuid", 0, "0123456789abcdef");
  LinuxCpuidDevice device(tree.root());
  EXPECT_THAT(device.ReadCpuid(kCpu1, {0, 0}), FailsWith(AccessCode::kCpuOffline));
}

}  // namespace

namespace fixtures {
namespace {

class LinuxCpuidDeviceHarness {
 public:
  static constexpr std::array kFailures = {AccessCode::kCpuOffline, AccessCode::kShortRead,
                                           AccessCode::kIo};

  explicit LinuxCpuidDeviceHarness(const KnownCpuids& known)
      : device_(FakeCpuDriver::kRoot, DriverHolding(known)) {}
  CpuidReader& reader() { return device_; }

 private:
  static std::unique_ptr<FakeCpuDriver> DriverHolding(const KnownCpuids& known) {
    auto driver = std::make_unique<FakeCpuDriver>("cpuid", 16);
    for (const auto& [cpu, leaf, answer] : known) {
      const std::uint64_t offset = std::uint64_t{leaf.subleaf} << 32 | leaf.leaf;
      if (answer) {
        driver->Hold(cpu, offset, BytesOf(*answer));
      } else if (answer.error().code == AccessCode::kShortRead) {
        driver->ShortenRead(cpu, offset, 8);
      } else {
        driver->FailRead(cpu, offset,
                         answer.error().code == AccessCode::kCpuOffline ? ENXIO : EFAULT);
      }
    }
    return driver;
  }

  LinuxCpuidDevice device_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(LinuxCpuidDevice, CpuidBackendContract, LinuxCpuidDeviceHarness);

class LiveCpuidDeviceHarness {
 public:
  std::optional<std::string> Unavailable() {
    const auto answer = device_.ReadCpuid(UsableCpus().front(), {0, 0});
    if (answer) return std::nullopt;
    return "/dev/cpu/N/cpuid: " + std::string(Describe(answer.error().code));
  }
  std::vector<LogicalCpu> cpus() { return UsableCpus(); }
  CpuidReader& reader() { return device_; }

 private:
  LinuxCpuidDevice device_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(LinuxCpuidDevice, LiveCpuidContract, LiveCpuidDeviceHarness);

}  // namespace
}  // namespace fixtures
}  // namespace vtprobe
