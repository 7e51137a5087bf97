// A proof in words and as JSON.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "vtprobe/report/proof.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const GuestRun kRan{GuestOutcome::kRan, {}, false};

// Two CPUs, of which the second did that.
ProofReport Of(GuestProvider provider, GuestRun second) {
  const std::uint64_t not_well = second.outcome == GuestOutcome::kRan ? 0 : 1;
  return {
      MakeProof(std::move(provider), {{LogicalCpu(0), kRan, 1, 0, std::chrono::microseconds(1500)},
                                      {LogicalCpu(1), std::move(second), 1, not_well, {}}}),
      false};
}

std::string Text(const ProofReport& report) { return RenderProofText(report, {}); }

const GuestProvider kIntel{"kvm_intel", GuestProvider::Needs::kVmx};
const GuestProvider kPvm{"kvm_pvm", GuestProvider::Needs::kNothing};

TEST(ProofText, SaysThatItWorks) {
  const std::string text = Text(Of(kIntel, kRan));
  EXPECT_THAT(text, StartsWith("Hardware virtualization works: guests ran on every CPU by "
                               "kvm_intel.\n"));
  EXPECT_THAT(text, HasSubstr("CPUs 0-1"));
  EXPECT_THAT(text, HasSubstr("2 times,"));
  EXPECT_THAT(text, HasSubstr("1.5 ms on CPU 0"));
  EXPECT_THAT(text, Not(HasSubstr("hypervisor")));
}

TEST(ProofText, SaysWhoseExtensionItIs) {
  ProofReport report = Of(kIntel, kRan);
  report.is_under_hypervisor = true;
  EXPECT_THAT(Text(report), HasSubstr("a hypervisor runs this system: it is the VT-x that it "
                                      "lends which\n             kvm_intel uses"));
}

TEST(ProofText, NamesTheCpuThatCanNot) {
  const std::string text = Text(Of(kIntel, {GuestOutcome::kRefused, "KVM_RUN: no", false}));
  EXPECT_THAT(text, StartsWith("Hardware virtualization does not work on CPU 1: kvm_intel could "
                               "not run a guest.\n"));
  EXPECT_THAT(text, HasSubstr("KVM_RUN: no"));
}

TEST(ProofText, NamesTheCpuThatComputesWrongly) {
  const std::string text =
      Text(Of(kIntel, {GuestOutcome::kWrong, "computed 0x1 where 0x2 is right", false}));
  EXPECT_THAT(text, StartsWith("Not sound: guests went wrong on CPU 1.\n"));
  EXPECT_THAT(text, HasSubstr("computed 0x1 where 0x2 is right"));
}

TEST(ProofText, SaysThatNothingIsProvenWithoutHardware) {
  EXPECT_THAT(Text(Of(kPvm, kRan)),
              StartsWith("Nothing is proven of hardware virtualization: guests run here by "
                         "kvm_pvm, which needs none.\n"));
  EXPECT_THAT(Text(Of({"kvm", GuestProvider::Needs::kUnknown}, kRan)),
              StartsWith("Nothing is proven of hardware virtualization: guests run here, and it "
                         "is not known by which KVM.\n"));
}

TEST(ProofText, SaysAtOnceWhyNoCpuWasAsked) {
  const GuestRun none{GuestOutcome::kNotAsked, "there is no /dev/kvm", false};
  const ProofReport report{
      MakeProof(kIntel, {{LogicalCpu(0), none, 0, 0, {}}, {LogicalCpu(1), none, 0, 0, {}}}), false};
  EXPECT_THAT(Text(report), StartsWith("Nothing is proven: there is no /dev/kvm.\n"));
}

TEST(ProofText, DoesNotSayThatAnotherHypervisorIsAFault) {
  const std::string text = Text(Of(kIntel, {GuestOutcome::kRefused, "busy", true}));
  EXPECT_THAT(text, StartsWith("Nothing is proven: guests did not run on every CPU.\n"));
  EXPECT_THAT(text, HasSubstr("vtprobe check says what the registers say"));
}

TEST(ProofText, PrintsNothingThatATerminalWouldObey) {
  const std::string text = Text(Of(kIntel, {GuestOutcome::kRefused, "\x1b[2J", false}));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ProofJson, HasWhatTheContractNames) {
  const auto json = nlohmann::json::parse(
      RenderProofJson(Of(kIntel, {GuestOutcome::kRefused, "KVM_RUN: no", false}), "1.2"));
  EXPECT_EQ(json["schema"], "vtprobe-proof/1");
  EXPECT_EQ(json["proof"]["provider"], "kvm_intel");
  EXPECT_EQ(json["proof"]["hardware"], true);
  ASSERT_EQ(json["proof"]["groups"].size(), 2u);
  EXPECT_EQ(json["proof"]["groups"][0]["cpus"], "0");
  EXPECT_EQ(json["proof"]["groups"][0]["outcome"], "ran");
  EXPECT_EQ(json["proof"]["groups"][0]["runs"], 1);
  EXPECT_FALSE(json["proof"]["groups"][0].contains("reason"));
  EXPECT_EQ(json["proof"]["groups"][1]["outcome"], "refused");
  EXPECT_EQ(json["proof"]["groups"][1]["reason"], "KVM_RUN: no");
  EXPECT_EQ(json["conclusion"], "disproven");
  EXPECT_EQ(json["exit_code"], 1);
}

TEST(ProofJson, SaysThatItIsNoProofWithoutHardware) {
  const auto json = nlohmann::json::parse(RenderProofJson(Of(kPvm, kRan), "1.2"));
  EXPECT_EQ(json["proof"]["hardware"], false);
  EXPECT_EQ(json["conclusion"], "no_hardware");
  EXPECT_EQ(json["exit_code"], 2);
}

}  // namespace
}  // namespace vtprobe
