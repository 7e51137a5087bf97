#include "vtprobe/hal/msr_safe_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hal/fake_msr_safe.h"
#include "hal/mock_device_calls.h"
#include "linux/read_only_ioctl.h"
#include "vtprobe/fixtures/msr_backend_contract.h"
#include "vtprobe/fixtures/result_matchers.h"

namespace vtprobe {
namespace {

using fixtures::FailsWith;
using fixtures::ReadsAs;
using testing::ElementsAre;
using testing::Return;

constexpr LogicalCpu kCpu{3};
constexpr LogicalCpu kAbsent{4};
constexpr MsrAddress kFeatureControl{0x3a};
constexpr MsrAddress kFirst{0x480};
constexpr MsrAddress kSecond{0x481};
constexpr MsrAddress kThird{0x482};

class MsrSafeReaderTest : public testing::Test {
 protected:
  // Three registers of a CPU; what else there is to be the test says.
  std::unique_ptr<FakeMsrSafe> Driver(std::string version = "1.7.0") {
    auto driver = std::make_unique<FakeMsrSafe>(&counts_, std::move(version));
    driver->Hold(kCpu, kFirst, 0x1111'1111'1111'1111);
    driver->Hold(kCpu, kSecond, 0x2222'2222'2222'2222);
    driver->Hold(kCpu, kThird, 0x3333'3333'3333'3333);
    return driver;
  }

  std::vector<Result<std::uint64_t>> Read(std::unique_ptr<DeviceCalls> calls,
                                          const std::vector<MsrAddress>& addresses,
                                          LogicalCpu cpu = kCpu) {
    MsrSafeReader reader(FakeMsrSafe::kRoot, std::move(calls));
    std::vector<Result<std::uint64_t>> answers(addresses.size());
    reader.ReadMsrs(cpu, addresses, answers);
    return answers;
  }

  void ExpectCalls(int batches, int single_reads) {
    EXPECT_EQ(counts_.batches, batches);
    EXPECT_EQ(counts_.single_reads, single_reads);
  }

  void TearDown() override {
    EXPECT_EQ(counts_.writes, 0);
    EXPECT_EQ(counts_.open, 0) << "every file is closed in the end";
  }

  FakeMsrSafe::Counts counts_;
};

auto AreTheThree() {
  return ElementsAre(ReadsAs(0x1111'1111'1111'1111u), ReadsAs(0x2222'2222'2222'2222u),
                     ReadsAs(0x3333'3333'3333'3333u));
}

TEST_F(MsrSafeReaderTest, ReadsSeveralRegistersInOneBatch) {
  for (const char* const version : {"1.6", "1.7.0", "2.0.0", "2.13.1"}) {
    EXPECT_THAT(Read(Driver(version), {kFirst, kSecond, kThird}), AreTheThree()) << version;
  }
  ExpectCalls(4, 0);
}

TEST_F(MsrSafeReaderTest, ReadsOneRegisterByItself) {
  EXPECT_THAT(Read(Driver(), {kSecond}), ElementsAre(ReadsAs(0x2222'2222'2222'2222u)));
  ExpectCalls(0, 1);
}

TEST_F(MsrSafeReaderTest, BatchesAgainWithoutARegisterThatIsNotOnTheList) {
  auto driver = Driver();
  driver->Withhold(kCpu, kFeatureControl);
  EXPECT_THAT(Read(std::move(driver), {kFeatureControl, kFirst, kSecond}),
              ElementsAre(FailsWith(AccessCode::kPermissionDenied), ReadsAs(0x1111'1111'1111'1111u),
                          ReadsAs(0x2222'2222'2222'2222u)));
  ExpectCalls(2, 1);
}

TEST_F(MsrSafeReaderTest, BatchesAgainWithoutARegisterThatFaults) {
  auto driver = Driver();
  driver->Fault(kCpu, kFeatureControl);
  EXPECT_THAT(
      Read(std::move(driver), {kFirst, kFeatureControl, kSecond}),
      ElementsAre(ReadsAs(0x1111'1111'1111'1111u), FailsWith(AccessCode::kGeneralProtection),
                  ReadsAs(0x2222'2222'2222'2222u)));
  ExpectCalls(2, 1);
}

// The list is checked before anything is read, so the fault shows at the second
// attempt.
TEST_F(MsrSafeReaderTest, ReadsOneByOneWhatTwoBatchesCouldNot) {
  auto driver = Driver();
  driver->Withhold(kCpu, MsrAddress{0x3b});
  driver->Fault(kCpu, kFeatureControl);
  EXPECT_THAT(Read(std::move(driver), {kFeatureControl, MsrAddress{0x3b}, kFirst, kSecond}),
              ElementsAre(FailsWith(AccessCode::kGeneralProtection),
                          FailsWith(AccessCode::kPermissionDenied), ReadsAs(0x1111'1111'1111'1111u),
                          ReadsAs(0x2222'2222'2222'2222u)));
  ExpectCalls(2, 4);
}

TEST_F(MsrSafeReaderTest, SaysWhyOfACpuThatIsNotThere) {
  EXPECT_THAT(Read(Driver(), {kFirst, kSecond}, kAbsent),
              ElementsAre(FailsWith(AccessCode::kCpuOffline), FailsWith(AccessCode::kCpuOffline)));
}

// Structures of a driver that is not known might say "write".
TEST_F(MsrSafeReaderTest, BatchesNothingForADriverOfUnknownVersion) {
  for (const char* const version : {"", "0.9", "3.0.0", "20.0.0", "newest", "256.0.0"}) {
    EXPECT_THAT(Read(Driver(version), {kFirst, kSecond, kThird}), AreTheThree()) << version;
  }
  ExpectCalls(0, 6 * 3);
}

TEST_F(MsrSafeReaderTest, TakesNoValueFromAnAnswerInAnotherLayout) {
  auto driver = Driver();
  driver->AnswerInAnotherLayout();
  EXPECT_THAT(Read(std::move(driver), {kFirst, kSecond, kThird}), AreTheThree());
  ExpectCalls(1, 3);
}

TEST_F(MsrSafeReaderTest, WithoutTheDriverSaysSo) {
  EXPECT_THAT(Read(std::make_unique<FakeMsrSafe>(&counts_, ""), {kFirst, kSecond}),
              ElementsAre(FailsWith(AccessCode::kNoDriver), FailsWith(AccessCode::kNoDriver)));
}

// What the stand-in never says is in the table of the reader's header, too.
TEST(MsrSafeReaderCalls, EveryErrnoOfReadHasItsCode) {
  constexpr int kFd = 7;
  const std::vector<std::pair<int, AccessCode>> cases = {{EIO, AccessCode::kGeneralProtection},
                                                         {ENXIO, AccessCode::kCpuOffline},
                                                         {EACCES, AccessCode::kPermissionDenied},
                                                         {EPERM, AccessCode::kIo},
                                                         {ENODATA, AccessCode::kIo},
                                                         {EFAULT, AccessCode::kIo}};
  auto owned = std::make_unique<MockDeviceCalls>();
  MockDeviceCalls& calls = *owned;
  EXPECT_CALL(calls, Open("/fake/cpu/msr_safe_version")).WillOnce(Return(-ENOENT));
  EXPECT_CALL(calls, Open("/fake/cpu/3/msr_safe")).WillOnce(Return(kFd));
  EXPECT_CALL(calls, Close(kFd));
  MsrSafeReader reader("/fake/cpu", std::move(owned));
  for (const auto& [sys_errno, code] : cases) {
    EXPECT_CALL(calls, Pread).WillOnce(Return(-sys_errno));
    EXPECT_THAT(reader.ReadMsr(kCpu, kFirst), FailsWith(code));
  }
}

// The descriptor is not looked at.
TEST(ReadMsrBatchIoctl, AsksForNothingIfOneOperationWouldWrite) {
  std::array ops = {MsrBatchOp::Read(kCpu, kFirst), MsrBatchOp::Read(kCpu, kSecond)};
  MsrBatchArray batch{ops.size(), 0, ops.data()};
  EXPECT_EQ(ReadMsrBatchIoctl(-1, &batch), -EBADF);
  ops[1].is_read = 0;
  EXPECT_EQ(ReadMsrBatchIoctl(-1, &batch), -EPERM);
}

}  // namespace

namespace fixtures {
namespace {

class MsrSafeReaderHarness {
 public:
  // The list holds for all CPUs, so that it lacks a register is no failure of one.
  static constexpr std::array kFailures = {AccessCode::kGeneralProtection};

  explicit MsrSafeReaderHarness(const KnownMsrs& known)
      : reader_(FakeMsrSafe::kRoot, DriverHolding(known)) {}
  MsrReader& reader() { return reader_; }

 private:
  std::unique_ptr<FakeMsrSafe> DriverHolding(const KnownMsrs& known) {
    auto driver = std::make_unique<FakeMsrSafe>(&counts_);
    for (const auto& [cpu, address, answer] : known) {
      if (answer) {
        driver->Hold(cpu, address, *answer);
      } else {
        driver->Fault(cpu, address);
      }
    }
    return driver;
  }

  FakeMsrSafe::Counts counts_;
  MsrSafeReader reader_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(MsrSafeReader, MsrBackendContract, MsrSafeReaderHarness);

}  // namespace
}  // namespace fixtures
}  // namespace vtprobe
