#include "vtprobe/proof/recorded_proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

using testing::SizeIs;

Proof Mixed() {
  return MakeProof(
      ProviderNamed("kvm_amd"),
      {{LogicalCpu(0), {GuestOutcome::kRan, {}, false}, 2, 0, std::chrono::nanoseconds(7)},
       {LogicalCpu(1), {GuestOutcome::kRan, {}, false}, 2, 0, std::chrono::nanoseconds(9)},
       {LogicalCpu(2), {GuestOutcome::kRefused, "KVM_CREATE_VM: busy #1", true}, 1, 1},
       {LogicalCpu(3), {GuestOutcome::kWrong, "computed 0x1 where 0x2 is right", false}, 9, 1},
       {LogicalCpu(4), {GuestOutcome::kNotAsked, "not pinned", false}, 0, 0}});
}

// With a register on each of the CPUs.
PlatformSnapshot Machine(const std::string& cpus, const Proof& proof) {
  PlatformSnapshot machine =
      ParseDump("vtprobe-dump 1\ncpu " + cpus + "\nmsr 0xc0010114 = 0x8\n").value();
  RecordProof(proof, &machine.mutable_metadata());
  return ParseDump(WriteDump(machine)).value();
}

TEST(RecordedProof, IsWhatWasRecorded) {
  const Proof proof = Mixed();
  const auto recorded = RecordedProof(Machine("0-4", proof));
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->provider.name, "kvm_amd");
  EXPECT_EQ(recorded->provider.needs, GuestProvider::Needs::kSvm);
  ASSERT_THAT(recorded->groups, SizeIs(4));
  for (std::size_t i = 0; i < proof.groups.size(); ++i) {
    EXPECT_EQ(recorded->groups[i].cpus, proof.groups[i].cpus);
    EXPECT_EQ(recorded->groups[i].run.outcome, proof.groups[i].run.outcome);
    EXPECT_EQ(recorded->groups[i].run.is_busy, proof.groups[i].run.is_busy);
    EXPECT_EQ(recorded->groups[i].runs, proof.groups[i].runs);
    EXPECT_EQ(recorded->groups[i].not_well, proof.groups[i].not_well);
  }
  // A number sign would begin a comment in a dump.
  EXPECT_EQ(recorded->groups[1].run.reason, "KVM_CREATE_VM: busy \uff031");
  EXPECT_EQ(recorded->groups[2].run.reason, proof.groups[2].run.reason);
  ASSERT_TRUE(recorded->slowest);
  EXPECT_EQ(recorded->slowest->cpu, LogicalCpu(1));
  EXPECT_EQ(recorded->slowest->took, std::chrono::nanoseconds(9));
}

TEST(RecordedProof, IsOfTheCpusThatThereAre) {
  const auto recorded = RecordedProof(Machine("0-4", Mixed()).RestrictedTo({{1, 2}}));
  ASSERT_TRUE(recorded);
  ASSERT_THAT(recorded->groups, SizeIs(2));
  EXPECT_EQ(recorded->groups[0].cpus.ToString(), "1");
  EXPECT_EQ(recorded->groups[1].cpus.ToString(), "2");
  EXPECT_FALSE(RecordedProof(Machine("7-9", Mixed())));
}

// A machine that was proven in part is not proven.
TEST(RecordedProof, AsksNobodyElse) {
  const Proof of_two =
      MakeProof(ProviderNamed("kvm_amd"), {{LogicalCpu(0), {GuestOutcome::kRan, {}, false}, 1, 0},
                                           {LogicalCpu(1), {GuestOutcome::kRan, {}, false}, 1, 0}});
  ASSERT_EQ(Conclude(of_two), Conclusion::kProven);
  const auto recorded = RecordedProof(Machine("0-3", of_two));
  ASSERT_TRUE(recorded);
  ASSERT_THAT(recorded->groups, SizeIs(2));
  EXPECT_EQ(recorded->groups[1].cpus.ToString(), "2-3");
  EXPECT_EQ(recorded->groups[1].run.outcome, GuestOutcome::kNotAsked);
  EXPECT_EQ(Conclude(*recorded), Conclusion::kNotProven);
}

TEST(RecordedProof, IsNoneWithoutOne) {
  EXPECT_FALSE(RecordedProof(Machine("0-4", MakeProof(ProviderNamed("kvm_amd"), {}))));
}

TEST(RecordedProof, OfAnotherKvmProvesNothingOfHardware) {
  for (const char* const name : {"kvm_pvm", "kvm_AMD", "kvm", "none"}) {
    EXPECT_FALSE(ProviderNamed(name).needs_hardware()) << name;
  }
  EXPECT_EQ(ProviderNamed("kvm_intel").needs, GuestProvider::Needs::kVmx);
  EXPECT_EQ(ProviderNamed("kvm_pvm").needs, GuestProvider::Needs::kNothing);
  EXPECT_EQ(ProviderNamed("kvm").needs, GuestProvider::Needs::kUnknown);
}

}  // namespace
}  // namespace vtprobe
