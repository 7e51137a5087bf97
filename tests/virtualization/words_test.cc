// What is said in words decides where no register does, and nowhere else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

VirtualizationVerdict Judged(const std::string& dump) {
  const auto snapshot = ParseDump("vtprobe-dump 1\n" + dump);
  EXPECT_TRUE(snapshot);
  return snapshot ? JudgeVirtualization(*snapshot) : VirtualizationVerdict();
}

TEST(Words, OfTheKernelDecideWhereNoRegisterDoes) {
  const auto verdict = Judged("meta kernel_log.1 = x86/cpu: VMX (outside TXT) disabled by BIOS\n");
  EXPECT_EQ(verdict.state, State::kDisabledLocked);
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(verdict.technology, Technology::kVtx);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmwareOrKernel);
  EXPECT_THAT(Headline(verdict), HasSubstr("VMX (outside TXT) disabled by BIOS"));
  EXPECT_THAT(Headline(verdict), HasSubstr("NOT usable"));
  EXPECT_FALSE(Remedy(verdict).empty());
  EXPECT_TRUE(verdict.groups.empty());
  EXPECT_EQ(ExitCode(verdict), 1);
}

TEST(Words, OfFirmwareDecideToo) {
  const auto verdict =
      Judged("meta stage = pre-os\nmeta firmware_log.1 = VMX status: enabled, locked\n");
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.usable, Usable::kYes);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmware);
  EXPECT_EQ(ExitCode(verdict), 0);
}

TEST(Words, OfAProgramDecideWithoutATechnology) {
  const auto verdict = Judged("meta tool_log.1 = Virtualization Enabled In Firmware: No\n");
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(verdict.technology, Technology::kUnknown);
  EXPECT_EQ(verdict.attribution, Attribution::kUnknown);
}

// svm_init() asks the CPU on which it runs, before all others.
TEST(Words, OfOneCpuSayNothingOfOthers) {
  const auto verdict = Judged("meta kernel_log.1 = kvm_amd: SVM not supported by CPU 36\n");
  EXPECT_EQ(verdict.state, State::kDisabledLocked);
  EXPECT_EQ(verdict.technology, Technology::kSvm);
  EXPECT_EQ(verdict.attribution, Attribution::kUnknown);
  EXPECT_EQ(ExitCode(verdict), 1);
}

// kvm_init() asks all CPUs, once vmx_disabled_by_bios() has let the first pass.
TEST(Words, OfACpuBehindTheFirstMeanThatTheyDisagree) {
  const auto verdict = Judged("meta kernel_log.1 = kvm: VMX is disabled on CPU 3\n");
  EXPECT_EQ(verdict.state, State::kInconsistent);
  EXPECT_EQ(verdict.technology, Technology::kVtx);
  EXPECT_EQ(ExitCode(verdict), 1);
}

// Linux sets neither SVMDIS nor LOCK of VM_CR.
TEST(Words, OfSvmBlameFirmware) {
  EXPECT_EQ(Judged("meta kernel_log.1 = kvm_amd: SVM disabled (by BIOS) in MSR_VM_CR on CPU 17\n")
                .attribution,
            Attribution::kFirmware);
}

TEST(Words, ThatSayNothingOfTheSwitchDecideNothing) {
  EXPECT_EQ(Judged("meta kernel_log.1 = virt/tdx: module initialized\n").state,
            State::kIndeterminate);
  EXPECT_EQ(Judged("meta kernel_log.1 = x86/cpu: SGX disabled by BIOS.\n").state,
            State::kIndeterminate);
  // Said before each CPU is asked.
  EXPECT_EQ(Judged("meta kernel_log.1 = kvm_amd: Nested Paging enabled\n").state,
            State::kIndeterminate);
}

TEST(Words, DoNotOverruleARegister) {
  const auto verdict = Judged(
      "meta stage = os\nmeta kernel_log.1 = x86/cpu: VMX (outside TXT) disabled by BIOS\ncpu 0\n"
      "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\nmsr 0x3a = 0x5\n");
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.usable, Usable::kYes);
}

}  // namespace
}  // namespace vtprobe
