// Locks, on a machine in software whose locked registers fault.

#include "msr_writer/locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/fixtures/simulated_platform.h"

namespace vtprobe::msr_writer {
namespace {

using fixtures::PlatformBuilder;
using fixtures::SimulatedPlatform;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr MsrAddress kFeatureControl{0x3a};
constexpr LogicalCpu kCpu{0};

// Passes writes on and keeps them, or answers in the machine's place.
class NotingWriter final : public MsrWriter {
 public:
  struct Write {
    LogicalCpu cpu;
    MsrAddress address;
    std::uint64_t value;
    friend bool operator==(const Write&, const Write&) = default;
  };

  explicit NotingWriter(MsrWriter& machine) : machine_(machine) {}

  Result<void> WriteMsr(LogicalCpu cpu, MsrAddress address, std::uint64_t value) override {
    writes.push_back({cpu, address, value});
    if (instead) return *instead;
    return machine_.WriteMsr(cpu, address, value);
  }

  std::vector<Write> writes;
  std::optional<Result<void>> instead;

 private:
  MsrWriter& machine_;
};

// A register whose value is another each time that it is read.
class ChangingReader final : public MsrReader {
 public:
  Result<std::uint64_t> ReadMsr(LogicalCpu, MsrAddress) override { return value_ += 2; }

 private:
  std::uint64_t value_ = 0x3;
};

class FaultingReader final : public MsrReader {
 public:
  Result<std::uint64_t> ReadMsr(LogicalCpu, MsrAddress) override {
    return Fail(AccessCode::kGeneralProtection);
  }
};

const ProvableLock& FeatureControl() { return ProvableLocks().front(); }

SimulatedPlatform Machine(PlatformBuilder builder) {
  return SimulatedPlatform::AsFound(builder.Build());
}

PlatformBuilder Enabled() { return PlatformBuilder::Intel().Cpus(2).FeatureControl(0x5); }

TEST(VerifyLock, HoldsWhereTheCpuRefusesTheSameValue) {
  SimulatedPlatform machine = Machine(Enabled());
  NotingWriter writer(machine);
  const LockResult result = VerifyLock(machine, machine, writer, kCpu, FeatureControl());
  EXPECT_EQ(result.outcome, LockOutcome::kHolds);
  EXPECT_EQ(result.before, 0x5u);
  EXPECT_EQ(result.after, 0x5u);
  EXPECT_THAT(writer.writes, ElementsAre(NotingWriter::Write{kCpu, kFeatureControl, 0x5}));
}

TEST(VerifyLock, DoesNotHoldWhereTheCpuTakesTheSameValue) {
  SimulatedPlatform machine = Machine(Enabled());
  NotingWriter writer(machine);
  writer.instead = Result<void>{};
  const LockResult result = VerifyLock(machine, machine, writer, kCpu, FeatureControl());
  EXPECT_EQ(result.outcome, LockOutcome::kDoesNot);
  EXPECT_EQ(result.after, 0x5u);
}

TEST(VerifyLock, WritesNothingWhereLockReadsZero) {
  SimulatedPlatform machine = Machine(Enabled().FeatureControl(0x4));
  NotingWriter writer(machine);
  EXPECT_EQ(VerifyLock(machine, machine, writer, kCpu, FeatureControl()).outcome,
            LockOutcome::kNotLocked);
  EXPECT_THAT(writer.writes, IsEmpty());
}

TEST(VerifyLock, WritesNothingWhereReadingFaults) {
  SimulatedPlatform machine = Machine(Enabled());
  FaultingReader reader;
  NotingWriter writer(machine);
  EXPECT_EQ(VerifyLock(machine, reader, writer, kCpu, FeatureControl()).outcome,
            LockOutcome::kNotThere);
  EXPECT_THAT(writer.writes, IsEmpty());
}

// Whatever is at its address there.
TEST(VerifyLock, WritesNothingToARegisterThatCpuidDoesNotAnnounce) {
  SimulatedPlatform machine = Machine(PlatformBuilder::Amd().Cpus(2).Cpuid({0x7, 0}, {}));
  ChangingReader reader;
  NotingWriter writer(machine);
  for (const ProvableLock& lock : ProvableLocks()) {
    EXPECT_EQ(VerifyLock(machine, reader, writer, kCpu, lock).outcome, LockOutcome::kNotThere);
  }
  EXPECT_THAT(writer.writes, IsEmpty());
}

TEST(VerifyLock, WritesNothingWhereCpuidIsNotKnown) {
  SimulatedPlatform machine = Machine(PlatformBuilder::Amd().Cpus(2).WithoutCpuid({0x1, 0}));
  ChangingReader reader;
  NotingWriter writer(machine);
  EXPECT_EQ(VerifyLock(machine, reader, writer, kCpu, FeatureControl()).outcome,
            LockOutcome::kNotRead);
  EXPECT_THAT(writer.writes, IsEmpty());
}

TEST(VerifyLock, WritesNothingWhereItCannotBeRead) {
  SimulatedPlatform machine = Machine(Enabled());
  NotingWriter writer(machine);
  const LockResult result = VerifyLock(machine, machine, writer, LogicalCpu{7}, FeatureControl());
  EXPECT_EQ(result.outcome, LockOutcome::kNotRead);
  EXPECT_THAT(writer.writes, IsEmpty());
}

// The kernel's refusal says nothing of the lock.
TEST(VerifyLock, TellsTheKernelFromTheCpu) {
  for (const AccessCode code : {AccessCode::kLockedDown, AccessCode::kPermissionDenied,
                                AccessCode::kNoDriver, AccessCode::kIo}) {
    SimulatedPlatform machine = Machine(Enabled());
    NotingWriter writer(machine);
    writer.instead = Result<void>(Fail(code));
    EXPECT_EQ(VerifyLock(machine, machine, writer, kCpu, FeatureControl()).outcome,
              LockOutcome::kNotWritten);
  }
}

TEST(VerifyLock, SaysThatAValueChangedWhateverTheCpuSaid) {
  SimulatedPlatform machine = Machine(Enabled());
  for (const Result<void>& answer :
       {Result<void>{}, Result<void>(Fail(AccessCode::kGeneralProtection))}) {
    ChangingReader reader;
    NotingWriter writer(machine);
    writer.instead = answer;
    const LockResult result = VerifyLock(machine, reader, writer, kCpu, FeatureControl());
    EXPECT_EQ(result.outcome, LockOutcome::kChanged);
    EXPECT_EQ(result.before, 0x5u);
    EXPECT_EQ(result.after, 0x7u);
  }
}

TEST(VerifyLocks, AsksEveryCpuOneAfterTheOther) {
  SimulatedPlatform machine = Machine(Enabled());
  NotingWriter writer(machine);
  std::vector<LogicalCpu> held;
  const std::vector<LogicalCpu> cpus = {LogicalCpu{0}, LogicalCpu{1}};
  VerifyLocks(machine, machine, writer, cpus, [&](const LockResult& result) {
    if (result.outcome == LockOutcome::kHolds) held.push_back(result.cpu);
  });
  EXPECT_EQ(held, cpus);
  EXPECT_THAT(writer.writes, ElementsAre(NotingWriter::Write{LogicalCpu{0}, kFeatureControl, 0x5},
                                         NotingWriter::Write{LogicalCpu{1}, kFeatureControl, 0x5}));
}

TEST(VerifyLocks, StopsAtTheFirstValueThatChanged) {
  SimulatedPlatform machine = Machine(Enabled());
  ChangingReader reader;
  NotingWriter writer(machine);
  writer.instead = Result<void>{};
  const std::vector<LogicalCpu> cpus = {LogicalCpu{0}, LogicalCpu{1}};
  int told = 0;
  VerifyLocks(machine, reader, writer, cpus, [&](const LockResult&) { ++told; });
  EXPECT_EQ(told, 1);
  EXPECT_EQ(writer.writes.size(), 1u);
}

// A write of these proves nothing, or is not harmless.
TEST(ProvableLocks, AreThoseOfWhichAManualSaysThatTheyFault) {
  for (const ProvableLock& lock : ProvableLocks()) {
    EXPECT_FALSE(lock.spec.empty()) << lock.name;
    for (const OtherLock& other : OtherLocks()) EXPECT_NE(lock.name, other.name);
  }
}

}  // namespace
}  // namespace vtprobe::msr_writer
