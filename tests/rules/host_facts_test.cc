// What is thought of a host besides its registers, under profiles and without.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/fixtures/platform_builder.h"
#include "vtprobe/probes/profile.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

using fixtures::PlatformBuilder;

PlatformBuilder Enabled() {
  PlatformBuilder builder = PlatformBuilder::Intel();
  builder.Cpus("0-3").Locked().VmxOutsideSmx();
  return builder;
}

Finding Judge(std::string_view rule, const PlatformSnapshot& machine,
              const Profile* profile = nullptr) {
  const VirtualizationVerdict verdict = JudgeVirtualization(machine);
  const std::vector<Finding> findings = JudgeRule(*FindRule(rule), {machine, verdict, profile});
  EXPECT_EQ(findings.size(), 1u);
  return findings.front();
}

Profile Wants(const std::string& rule, const std::string& parameter, const std::string& value) {
  Profile profile;
  profile.rules[rule].settings[parameter] = value;
  return profile;
}

TEST(HostFacts, WhatNobodyRecordedIsNotJudged) {
  for (const char* const rule :
       {"host.iommu", "host.kvm_parameters", "host.secure_boot", "host.lockdown",
        "host.microcode_agrees", "host.kernel_log_agrees"}) {
    const Finding finding = Judge(rule, Enabled());
    EXPECT_EQ(finding.outcome, Outcome::kIndeterminate) << rule;
    EXPECT_EQ(finding.unread, AccessCode::kNotRecorded) << rule;
    EXPECT_EQ(finding.cpus.ToString(), "0-3") << rule;
  }
}

TEST(HostIommu, ATableAloneIsNoAnswer) {
  EXPECT_EQ(Judge("host.iommu", Enabled().Says(meta::kIommuTable, "DMAR")).outcome,
            Outcome::kIndeterminate);
  EXPECT_EQ(Judge("host.iommu", Enabled().Says(meta::kIommuUnits, "2")).outcome, Outcome::kPass);
}

TEST(HostKvmParameters, AProfileDecidesAboutNesting) {
  PlatformBuilder host = Enabled();
  host.Says(meta::kKvmModule, "kvm_intel").Says("kvm_intel.ept", "Y");
  const Profile on = Wants("host.kvm_parameters", "nested", "on");
  const Profile off = Wants("host.kvm_parameters", "nested", "off");
  for (const char* const yes : {"Y", "1"}) {
    host.Says("kvm_intel.nested", yes);
    EXPECT_EQ(Judge("host.kvm_parameters", host).outcome, Outcome::kPass);
    EXPECT_EQ(Judge("host.kvm_parameters", host, &on).outcome, Outcome::kPass);
    EXPECT_EQ(Judge("host.kvm_parameters", host, &off).outcome, Outcome::kFail);
  }
  for (const char* const no : {"N", "0"}) {
    host.Says("kvm_intel.nested", no);
    EXPECT_EQ(Judge("host.kvm_parameters", host, &on).outcome, Outcome::kFail);
    EXPECT_EQ(Judge("host.kvm_parameters", host, &off).outcome, Outcome::kPass);
  }
}

// A module without the parameter can't do what the profile wants.
TEST(HostKvmParameters, AMissingParameterIsOff) {
  PlatformBuilder host = Enabled();
  host.Says(meta::kKvmModule, "kvm_intel").Says("kvm_intel.ept", "Y");
  const Profile snp = Wants("host.kvm_parameters", "sev_snp", "on");
  EXPECT_EQ(Judge("host.kvm_parameters", host, &snp).outcome, Outcome::kFail);
}

TEST(HostSecureBoot, IsAsTheProfileWantsIt) {
  const Profile on = Wants("host.secure_boot", "expect", "on");
  const Profile off = Wants("host.secure_boot", "expect", "off");
  const auto judge = [](const char* state, const Profile* profile) {
    return Judge("host.secure_boot", Enabled().Says(meta::kSecureBoot, state), profile).outcome;
  };
  EXPECT_EQ(judge("on", &on), Outcome::kPass);
  EXPECT_EQ(judge("on", &off), Outcome::kFail);
  EXPECT_EQ(judge("off", &on), Outcome::kFail);
  EXPECT_EQ(judge("off", &off), Outcome::kPass);
  EXPECT_EQ(judge("setup-mode", &on), Outcome::kFail);
  EXPECT_EQ(judge("legacy-boot", &on), Outcome::kFail);
  EXPECT_EQ(judge("legacy-boot", nullptr), Outcome::kNotApplicable);
}

TEST(HostLockdown, IsAtLeastAsStrongAsWanted) {
  const Profile integrity = Wants("host.lockdown", "at_least", "integrity");
  const auto judge = [](const char* level, const Profile* profile) {
    return Judge("host.lockdown", Enabled().Says(meta::kLockdown, level), profile).outcome;
  };
  EXPECT_EQ(judge("none", nullptr), Outcome::kPass);
  EXPECT_EQ(judge("none", &integrity), Outcome::kFail);
  EXPECT_EQ(judge("integrity", &integrity), Outcome::kPass);
  EXPECT_EQ(judge("confidentiality", &integrity), Outcome::kPass);
}

// IA32_BIOS_SIGN_ID holds the revision in its upper half with Intel.
TEST(HostMicrocode, NamesTheCpusThatTheKernelDoesNotKnowOf) {
  PlatformBuilder host = Enabled();
  host.Msr(registers::kBiosSignId.address, std::uint64_t{0x28} << 32)
      .Msr(registers::kBiosSignId.address, std::uint64_t{0x22} << 32, "2");
  EXPECT_EQ(Judge("host.microcode_agrees", host.Says(meta::kMicrocode, "0x22, 0x28")).outcome,
            Outcome::kPass);
  const PlatformSnapshot other = host.Says(meta::kMicrocode, "0x28");
  const VirtualizationVerdict verdict = JudgeVirtualization(other);
  const auto findings = JudgeRule(*FindRule("host.microcode_agrees"), {other, verdict});
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings.back().outcome, Outcome::kWarn);
  EXPECT_EQ(findings.back().cpus.ToString(), "2");
}

TEST(HostMicrocode, WhatIsNoRevisionIsNoFact) {
  PlatformBuilder host = Enabled();
  host.Msr(registers::kBiosSignId.address, std::uint64_t{0x28} << 32);
  for (const char* const text : {"28", "0x28,0x29", "0x28, ", "0x", "0x123456789"}) {
    EXPECT_EQ(Judge("host.microcode_agrees", host.Says(meta::kMicrocode, text)).outcome,
              Outcome::kIndeterminate)
        << text;
  }
}

Outcome KernelLog(PlatformBuilder host, const char* reach, const char* line) {
  host.Says(meta::kKernelLog, reach);
  if (line != nullptr) host.Says("kernel_log.1", line);
  return Judge("host.kernel_log_agrees", host).outcome;
}

TEST(HostKernelLog, KnowsTheKernelsWaysToSayOff) {
  const PlatformBuilder disabled = PlatformBuilder::Intel().Cpus("0-3").Locked();
  for (const char* const line :
       {"x86/cpu: VMX (outside TXT) disabled by BIOS", "x86/cpu: VMX (inside TXT) disabled by BIOS",
        "kvm: disabled by bios", "kvm: support for 'kvm_intel' disabled by bios",
        "kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 3",
        "kvm_amd: SVM disabled (by BIOS) in MSR_VM_CR on CPU 17",
        "SVM disabled (by BIOS) in MSR_VM_CR"}) {
    EXPECT_EQ(KernelLog(disabled, "partial", line), Outcome::kPass) << line;
    EXPECT_EQ(KernelLog(Enabled(), "partial", line), Outcome::kWarn) << line;
  }
}

TEST(HostKernelLog, IsNotMisledByOtherFeatures) {
  EXPECT_EQ(KernelLog(Enabled(), "complete", "x86/cpu: SGX disabled by BIOS."), Outcome::kPass);
  EXPECT_EQ(KernelLog(Enabled(), "complete", "x86/cpu: SGX disabled or unsupported by BIOS."),
            Outcome::kPass);
}

// kvm_amd says so once it has found SVM usable, wherever the log begins.
TEST(HostKernelLog, ItsWordForOnCountsInPartToo) {
  constexpr const char* kOn = "kvm_amd: Nested Paging enabled";
  EXPECT_EQ(KernelLog(Enabled(), "partial", kOn), Outcome::kPass);
  PlatformBuilder disabled = PlatformBuilder::Intel();
  disabled.Cpus("0-3").Locked();
  EXPECT_EQ(KernelLog(disabled, "partial", kOn), Outcome::kWarn);
}

TEST(HostKernelLog, SilenceCountsOnlyFromTheBeginning) {
  EXPECT_EQ(KernelLog(Enabled(), "complete", nullptr), Outcome::kPass);
  EXPECT_EQ(KernelLog(Enabled(), "partial", nullptr), Outcome::kNotApplicable);
}

}  // namespace
}  // namespace vtprobe
