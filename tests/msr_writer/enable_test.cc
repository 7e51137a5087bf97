// Switching it on, on a machine in software.

#include "msr_writer/enable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/fixtures/simulated_platform.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::msr_writer {
namespace {

using fixtures::PlatformBuilder;
using fixtures::SimulatedPlatform;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr MsrAddress kFeatureControl{0x3a};
constexpr MsrAddress kVmCr{0xc001'0114};
constexpr LogicalCpu kFirst{0};
constexpr LogicalCpu kSecond{1};
const std::vector<LogicalCpu> kBoth = {kFirst, kSecond};

SimulatedPlatform Machine(PlatformBuilder builder) {
  return SimulatedPlatform::AsFound(builder.Build());
}
PlatformBuilder Intel() { return PlatformBuilder::Intel().Cpus(2); }
PlatformBuilder Amd() { return PlatformBuilder::Amd().Cpus(2); }

auto Plan(SimulatedPlatform& machine, Extension extension, bool in_smx = false) {
  return PlanToEnable(machine, extension, in_smx, kBoth);
}

std::string WhyNot(const tl::expected<std::vector<PlannedWrite>, std::string>& plan) {
  return plan ? "there is a plan" : plan.error();
}

class RefusingWriter final : public MsrWriter {
 public:
  Result<void> WriteMsr(LogicalCpu, MsrAddress, std::uint64_t) override {
    ++calls;
    return Fail(AccessCode::kLockedDown);
  }
  int calls = 0;
};

class IgnoringWriter final : public MsrWriter {
 public:
  Result<void> WriteMsr(LogicalCpu, MsrAddress, std::uint64_t) override { return {}; }
};

// 0xff00 are the bits of SENTER: untouched.
TEST(PlanToEnable, SetsLockAndVmxOutsideSmxAndNoOtherBit) {
  SimulatedPlatform machine = Machine(Intel().Smx().FeatureControl(0xff00));
  const auto plan = Plan(machine, Extension::kVmx);
  ASSERT_TRUE(plan) << plan.error();
  EXPECT_THAT(*plan, ElementsAre(PlannedWrite{kFirst, kFeatureControl, 0xff00, 0xff05},
                                 PlannedWrite{kSecond, kFeatureControl, 0xff00, 0xff05}));
  EXPECT_EQ(*machine.ReadMsr(kFirst, kFeatureControl), 0xff00u) << "a plan writes nothing";
  EXPECT_EQ(Plan(machine, Extension::kVmx, true)->front().value, 0xff07u);
}

TEST(PlanToEnable, LeavesOutCpusOnWhichItIsOn) {
  SimulatedPlatform machine = Machine(Intel().FeatureControl(0x5, "0").FeatureControl(0x0, "1"));
  EXPECT_THAT(*Plan(machine, Extension::kVmx),
              ElementsAre(PlannedWrite{kSecond, kFeatureControl, 0x0, 0x5}));
}

TEST(PlanToEnable, ClearsSvmdisAndLeavesLock) {
  SimulatedPlatform machine = Machine(Amd().VmCr(0x10));
  EXPECT_THAT(
      *Plan(machine, Extension::kSvm),
      ElementsAre(PlannedWrite{kFirst, kVmCr, 0x10, 0x0}, PlannedWrite{kSecond, kVmCr, 0x10, 0x0}));
}

// DPD, R_INIT and DIS_A20M, bits 0 to 2, are somebody else's. [amd/apm-vol2] 15.30.1
TEST(PlanToEnable, ClearsNoOtherBitOfVmCr) {
  SimulatedPlatform machine = Machine(Amd().VmCr(0x17));
  EXPECT_THAT(
      *Plan(machine, Extension::kSvm),
      ElementsAre(PlannedWrite{kFirst, kVmCr, 0x17, 0x7}, PlannedWrite{kSecond, kVmCr, 0x17, 0x7}));
}

TEST(PlanToEnable, IsNothingWhereItIsOn) {
  SimulatedPlatform locked = Machine(Amd().VmCr(0x8));
  EXPECT_THAT(*Plan(locked, Extension::kSvm), IsEmpty());
  SimulatedPlatform intel = Machine(Intel().FeatureControl(0x5));
  EXPECT_THAT(*Plan(intel, Extension::kVmx), IsEmpty());
}

TEST(PlanToEnable, RefusesWhereOneCpuIsLockedOff) {
  SimulatedPlatform intel = Machine(Intel().FeatureControl(0x0, "0").FeatureControl(0x1, "1"));
  EXPECT_THAT(WhyNot(Plan(intel, Extension::kVmx)), StartsWith("CPU 1 is locked with it off"));
  SimulatedPlatform amd = Machine(Amd().VmCr(0x10, "0").VmCr(0x18, "1"));
  EXPECT_THAT(WhyNot(Plan(amd, Extension::kSvm)), StartsWith("CPU 1 is locked with it off"));
}

TEST(PlanToEnable, RefusesWhereCpusDifferInOtherBits) {
  SimulatedPlatform machine =
      Machine(Intel().FeatureControl(0x0, "0").FeatureControl(0x4'0000, "1"));
  EXPECT_THAT(WhyNot(Plan(machine, Extension::kVmx)), StartsWith("CPU 1 differs"));
}

TEST(PlanToEnable, RefusesWhereOneCpuIsNotRead) {
  SimulatedPlatform machine = Machine(Intel().FeatureControl(0x0));
  const std::vector<LogicalCpu> with_another = {kFirst, LogicalCpu{7}};
  const auto plan = PlanToEnable(machine, Extension::kVmx, false, with_another);
  EXPECT_THAT(WhyNot(plan), StartsWith("CPU 7 could not be read"));
}

TEST(Enable, MakesItUsableOnEveryCpu) {
  SimulatedPlatform machine = Machine(Intel().FeatureControl(0x0));
  std::vector<PlannedWrite> told;
  const auto failed = Enable(machine, machine, *Plan(machine, Extension::kVmx),
                             [&](const PlannedWrite& write) { told.push_back(write); });
  EXPECT_FALSE(failed) << *failed;
  EXPECT_EQ(told.size(), 2u);
  const auto verdict = JudgeVirtualization(machine.Snapshot());
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.usable, Usable::kYes);
}

TEST(Enable, StopsAtTheFirstWriteThatIsRefused) {
  SimulatedPlatform machine = Machine(Intel().FeatureControl(0x0));
  RefusingWriter writer;
  const auto failed = Enable(machine, writer, *Plan(machine, Extension::kVmx),
                             [](const PlannedWrite&) { FAIL() << "nothing was written"; });
  ASSERT_TRUE(failed);
  EXPECT_THAT(*failed, StartsWith("CPU 0: kernel lockdown refuses it"));
  EXPECT_EQ(writer.calls, 1);
}

TEST(Enable, SaysWhereAWriteWasIgnored) {
  SimulatedPlatform machine = Machine(Amd().VmCr(0x10));
  IgnoringWriter writer;
  const auto failed =
      Enable(machine, writer, *Plan(machine, Extension::kSvm), [](const PlannedWrite&) {});
  ASSERT_TRUE(failed);
  EXPECT_THAT(*failed, HasSubstr("CPU 0 took the write, and does not read back"));
}

// On a model without SMX, VMX_IN_SMX is reserved. [intel/sdm-vol3] 24.7
TEST(Enable, TellsThatTheCpuRefuses) {
  SimulatedPlatform machine = Machine(Intel().FeatureControl(0x0));
  const auto failed =
      Enable(machine, machine, *Plan(machine, Extension::kVmx, true), [](const PlannedWrite&) {});
  ASSERT_TRUE(failed);
  EXPECT_THAT(*failed, StartsWith("CPU 0: the CPU refused the write"));
}

}  // namespace
}  // namespace vtprobe::msr_writer
