#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/kvm.h>

#include <cerrno>

#include "proof/fake_kvm.h"
#include "vtprobe/proof/kvm.h"

namespace vtprobe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr LogicalCpu kCpu{3};

GuestRun RunWith(FakeKvm& kvm) { return KvmGuestRunner(kvm).Run(kCpu, 0x0123'4567'89ab'cdef); }

TEST(KvmGuestRunner, RunsAGuestInEachModeAndComparesWhatItComputed) {
  FakeKvm kvm;
  EXPECT_EQ(RunWith(kvm), (GuestRun{GuestOutcome::kRan, {}, false}));
  EXPECT_EQ(kvm.guests(), 2u);
  EXPECT_EQ(kvm.left_open(), 0u);
}

TEST(KvmGuestRunner, TellsAWrongResultWithBothValues) {
  FakeKvm kvm;
  kvm.Miscalculate();
  const GuestRun run = RunWith(kvm);
  EXPECT_EQ(run.outcome, GuestOutcome::kWrong);
  // (0x01234567 ^ 3 ^ 0x89abcdef) * 0x9e3779b1, of which 32 bits stay
  EXPECT_EQ(run.reason, "16-bit real mode: computed 0xecd1b1c where 0xecd1b1b is right");
}

TEST(KvmGuestRunner, DoesNotTakeAGuestThatStoredNothingForOneThatRan) {
  FakeKvm kvm;
  kvm.InsteadOfGuest([](kvm_run* run) {
    run->exit_reason = KVM_EXIT_HLT;
    return 0;
  });
  const GuestRun run = RunWith(kvm);
  EXPECT_EQ(run.outcome, GuestOutcome::kWrong);
  EXPECT_THAT(run.reason, HasSubstr("computed 0x0 where"));
}

TEST(KvmGuestRunner, SaysThatAnotherHypervisorIsThere) {
  FakeKvm kvm;
  kvm.Fail(FakeKvm::kCreateVm, -EBUSY);
  const GuestRun run = RunWith(kvm);
  EXPECT_EQ(run.outcome, GuestOutcome::kRefused);
  EXPECT_TRUE(run.is_busy);
  EXPECT_THAT(run.reason,
              AllOf(HasSubstr("KVM_CREATE_VM: Device or resource busy"), HasSubstr("VirtualBox")));
}

TEST(KvmGuestRunner, NamesTheRequestThatWasRefused) {
  for (const unsigned long request :
       {0xae01UL, 0x4008'ae48UL, 0xae47UL, 0x4020'ae46UL, 0xae41UL, 0xc008'ae05UL, 0x4008'ae90UL,
        0x8138'ae83UL, 0x4138'ae84UL, 0x4090'ae82UL, 0xae80UL}) {
    FakeKvm kvm;
    kvm.Fail(request, -EOPNOTSUPP);
    const GuestRun run = RunWith(kvm);
    EXPECT_EQ(run.outcome, GuestOutcome::kRefused) << std::hex << request;
    EXPECT_FALSE(run.is_busy);
    EXPECT_THAT(run.reason, AllOf(StartsWith("16-bit real mode: KVM_"),
                                  HasSubstr(": Operation not supported")));
    EXPECT_EQ(kvm.left_open(), 0u) << std::hex << request;
  }
}

TEST(KvmGuestRunner, TellsWhyTheCpuDidNotEnterTheGuest) {
  FakeKvm kvm;
  kvm.InsteadOfGuest([](kvm_run* run) {
    run->exit_reason = KVM_EXIT_FAIL_ENTRY;
    run->fail_entry.hardware_entry_failure_reason = 0x8000'0021;
    return 0;
  });
  const GuestRun run = RunWith(kvm);
  EXPECT_EQ(run.outcome, GuestOutcome::kRefused);
  EXPECT_FALSE(run.is_busy);
  EXPECT_THAT(run.reason, HasSubstr("hardware_entry_failure_reason 0x80000021"));
}

TEST(KvmGuestRunner, TellsHowKvmGaveUp) {
  FakeKvm kvm;
  kvm.InsteadOfGuest([](kvm_run* run) {
    run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
    run->internal.suberror = 4;
    return 0;
  });
  const GuestRun run = RunWith(kvm);
  EXPECT_EQ(run.outcome, GuestOutcome::kRefused);
  EXPECT_THAT(run.reason, HasSubstr("internal error 4"));
}

TEST(KvmGuestRunner, TakesAnyOtherEndForWrong) {
  // KVM_EXIT_SHUTDOWN, KVM_EXIT_IO and KVM_EXIT_MMIO
  for (const std::uint32_t reason : {8U, 2U, 6U}) {
    FakeKvm kvm;
    kvm.InsteadOfGuest([&](kvm_run* run) {
      run->exit_reason = reason;
      return 0;
    });
    EXPECT_EQ(RunWith(kvm).outcome, GuestOutcome::kWrong) << reason;
  }
}

TEST(KvmGuestRunner, GoesOnAfterASignal) {
  FakeKvm kvm;
  int calls = 0;
  kvm.InsteadOfGuest([&](kvm_run* run) {
    if (++calls == 1) return -EINTR;
    run->exit_reason = KVM_EXIT_SHUTDOWN;
    return 0;
  });
  EXPECT_EQ(RunWith(kvm).outcome, GuestOutcome::kWrong);
  EXPECT_EQ(calls, 2);
}

struct NoDevice {
  int error;
  const char* words;
};

class KvmGuestRunnerWithoutDevice : public ::testing::TestWithParam<NoDevice> {};

TEST_P(KvmGuestRunnerWithoutDevice, AsksNoCpuAndSaysWhy) {
  FakeKvm kvm;
  kvm.FailToOpen(GetParam().error);
  const GuestRun run = RunWith(kvm);
  EXPECT_EQ(run.outcome, GuestOutcome::kNotAsked);
  EXPECT_THAT(run.reason, HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(Errors, KvmGuestRunnerWithoutDevice,
                         ::testing::Values(NoDevice{-ENOENT, "there is no /dev/kvm"},
                                           NoDevice{-ENODEV, "nothing stands behind /dev/kvm"},
                                           NoDevice{-EACCES, "join the group kvm"},
                                           NoDevice{-EMFILE, "Too many open files"}));

TEST(KvmGuestRunner, AsksNoCpuOfAnotherKindOfKvm) {
  FakeKvm kvm;
  kvm.Fail(FakeKvm::kGetApiVersion, 11);
  EXPECT_EQ(RunWith(kvm).outcome, GuestOutcome::kNotAsked);
  EXPECT_THAT(RunWith(kvm).reason, HasSubstr("11 where 12 was expected"));
}

TEST(KvmGuestRunner, CanAskWhereItSaysNothingElse) {
  FakeKvm kvm;
  EXPECT_THAT(KvmGuestRunner(kvm).unavailable(), IsEmpty());
}

// The code itself, by whatever KVM there is.
TEST(KvmGuestRunner, RunsOnThisMachine) {
  LinuxKvmDevice kvm;
  KvmGuestRunner runner(kvm);
  if (!runner.unavailable().empty()) GTEST_SKIP() << "skipped: " << runner.unavailable();
  for (const std::uint64_t input : {0x0123'4567'89ab'cdefULL, 0ULL, ~0ULL}) {
    EXPECT_EQ(runner.Run(kCpu, input), (GuestRun{GuestOutcome::kRan, {}, false}));
  }
}

}  // namespace
}  // namespace vtprobe
