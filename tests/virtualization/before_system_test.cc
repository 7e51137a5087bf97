// What a recording from before the operating system proves about who set the
// switch. [linux] arch/x86/kernel/cpu/feat_ctl.c locks what firmware left
// unlocked and touches nothing else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

constexpr std::string_view kColdBoot = "pre-os\nmeta boot = cold";
constexpr std::string_view kWarmBoot = "pre-os\nmeta boot = warm";
constexpr std::string_view kSomeBoot = "pre-os";

// `stage`: with what else is to be said of the boot.
PlatformSnapshot Machine(std::string_view stage, std::string_view lines) {
  const auto snapshot = ParseDump("vtprobe-dump 1\nmeta stage = " + std::string(stage) +
                                  "\nmeta kernel = 6.1.0\nmeta kvm_intel = m\n"
                                  "meta measured_launch = no\n" +
                                  std::string(lines));
  EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
  return snapshot.value_or(PlatformSnapshot());
}

// Haswell CPUs.
PlatformSnapshot Intel(std::string_view stage, std::string_view switches) {
  return Machine(stage,
                 "cpu 0-7\ncpuid 0x0.0x0 = 0xd 0x756e6547 0x6c65746e 0x49656e69\n"
                 "cpuid 0x1.0x0 = 0x306c3 0x0 0x20 0x0\n" +
                     std::string(switches));
}

// Genoa CPUs.
PlatformSnapshot Amd(std::string_view stage, std::string_view switches) {
  return Machine(stage,
                 "cpu 0-7\ncpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
                 "cpuid 0x1.0x0 = 0xa10f11 0x0 0x0 0x0\n"
                 "cpuid 0x80000001.0x0 = 0xa10f11 0x0 0x4 0x0\n"
                 "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x4\n" +
                     std::string(switches));
}

TEST(BeforeSystem, TheKernelLockedWhatFirmwareLeftUnlocked) {
  const PlatformSnapshot before = Intel(kColdBoot, "msr 0x3a = 0x0\n");
  const auto verdict = JudgeVirtualization(Intel("os", "msr 0x3a = 0x5\n"), &before);
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.attribution, Attribution::kKernel);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_EQ(verdict.groups.front().cpus.ToString(), "0-7");
  EXPECT_THAT(Explanation(verdict), HasSubstr("the kernel: firmware had left it unlocked"));
}

TEST(BeforeSystem, FirmwareHadLockedWhatIsTheSame) {
  const PlatformSnapshot after = Intel("os", "msr 0x3a = 0x5\n");
  EXPECT_EQ(JudgeVirtualization(after).attribution, Attribution::kFirmwareOrKernel);
  const PlatformSnapshot before = Intel(kColdBoot, "msr 0x3a = 0x5\n");
  EXPECT_EQ(JudgeVirtualization(after, &before).attribution, Attribution::kFirmware);
}

// A warm reset keeps the register, so the system before may have locked it.
TEST(BeforeSystem, ALockThatMayBeOlderThanTheBootIsNoProof) {
  const PlatformSnapshot after = Intel("os", "msr 0x3a = 0x5\n");
  for (const std::string_view boot : {kWarmBoot, kSomeBoot}) {
    const PlatformSnapshot before = Intel(boot, "msr 0x3a = 0x5\n");
    EXPECT_EQ(JudgeVirtualization(before).attribution, Attribution::kUnknown) << boot;
    EXPECT_EQ(JudgeVirtualization(after, &before).attribution, Attribution::kFirmwareOrKernel)
        << boot;
    // Nobody had locked it since power-on.
    const PlatformSnapshot open = Intel(boot, "msr 0x3a = 0x0\n");
    EXPECT_EQ(JudgeVirtualization(after, &open).attribution, Attribution::kKernel) << boot;
  }
}

// Any reset clears VM_CR.
TEST(BeforeSystem, VmCrIsOfThisBoot) {
  const PlatformSnapshot before = Amd(kWarmBoot, "msr 0xc0010114 = 0x8\n");
  EXPECT_EQ(JudgeVirtualization(before).attribution, Attribution::kFirmware);
  const PlatformSnapshot open = Amd(kWarmBoot, "msr 0xc0010114 = 0x0\n");
  EXPECT_EQ(JudgeVirtualization(open).attribution, Attribution::kFirmware);
  const PlatformSnapshot after = Amd("os", "msr 0xc0010114 = 0x0\n");
  EXPECT_EQ(JudgeVirtualization(after, &open).attribution, Attribution::kFirmware);
}

TEST(BeforeSystem, SaysNothingOfCpusThatItDidNotRead) {
  const PlatformSnapshot before =
      Intel(kColdBoot, "cpu 0\nmsr 0x3a = 0x0\ncpu 1\nmsr 0x3a ! general-protection\n");
  const auto verdict = JudgeVirtualization(Intel("os", "msr 0x3a = 0x5\n"), &before);
  ASSERT_EQ(verdict.groups.size(), 2u);
  EXPECT_EQ(verdict.groups[0].cpus.ToString(), "0");
  EXPECT_EQ(verdict.groups[0].attribution, Attribution::kKernel);
  EXPECT_EQ(verdict.groups[1].cpus.ToString(), "1-7");
  EXPECT_EQ(verdict.groups[1].attribution, Attribution::kFirmwareOrKernel);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmwareOrKernel);
  EXPECT_EQ(verdict.state, State::kEnabled);
}

TEST(BeforeSystem, CpusOfOneValueMayHaveItFromDifferentHands) {
  const PlatformSnapshot before = Intel(kColdBoot,
                                        "cpu 0,4\nmsr 0x3a = 0x5\ncpu 1-3,5-7\n"
                                        "msr 0x3a = 0x0\n");
  const auto verdict = JudgeVirtualization(Intel("os", "msr 0x3a = 0x5\n"), &before);
  ASSERT_EQ(verdict.groups.size(), 2u);
  EXPECT_EQ(verdict.groups[0].cpus.ToString(), "0,4");
  EXPECT_EQ(verdict.groups[0].attribution, Attribution::kFirmware);
  EXPECT_EQ(verdict.groups[1].cpus.ToString(), "1-3,5-7");
  EXPECT_EQ(verdict.groups[1].attribution, Attribution::kKernel);
}

TEST(BeforeSystem, ALockThatChangedIsNoProof) {
  const PlatformSnapshot after = Intel("os", "msr 0x3a = 0x5\n");
  const PlatformSnapshot before = Intel(kColdBoot, "msr 0x3a = 0x1\n");
  EXPECT_EQ(JudgeVirtualization(after, &before).attribution, Attribution::kFirmwareOrKernel);
}

TEST(BeforeSystem, WhatNoKernelWritesIsNotTheKernels) {
  const PlatformSnapshot after = Intel("os", "msr 0x3a = 0xff03\n");
  const PlatformSnapshot before = Intel(kColdBoot, "msr 0x3a = 0x0\n");
  EXPECT_EQ(JudgeVirtualization(after).attribution, Attribution::kFirmware);
  EXPECT_EQ(JudgeVirtualization(after, &before).attribution, Attribution::kUnknown);
  EXPECT_EQ(JudgeVirtualization(after, &before).attribution_reason,
            "firmware had left it unlocked, with another value");
}

TEST(BeforeSystem, ProvesItOfVmCrToo) {
  const PlatformSnapshot after = Amd("os", "msr 0xc0010114 = 0x0\n");
  EXPECT_EQ(JudgeVirtualization(after).attribution, Attribution::kUnknown);
  const PlatformSnapshot before = Amd(kColdBoot, "msr 0xc0010114 = 0x0\n");
  EXPECT_EQ(JudgeVirtualization(after, &before).attribution, Attribution::kFirmware);
  const PlatformSnapshot disabled = Amd(kColdBoot, "msr 0xc0010114 = 0x10\n");
  EXPECT_EQ(JudgeVirtualization(after, &disabled).attribution, Attribution::kKernel);
}

TEST(BeforeSystem, AGuestsRegisterStaysItsHypervisors) {
  const PlatformSnapshot before = Intel(kColdBoot, "msr 0x3a = 0x0\n");
  const PlatformSnapshot guest = Intel("guest", "msr 0x3a = 0x5\n");
  EXPECT_EQ(JudgeVirtualization(guest, &before).attribution, Attribution::kHypervisor);
}

}  // namespace
}  // namespace vtprobe
