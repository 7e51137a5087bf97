// What is said in words decides where no register does, and nowhere else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

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

// What each program prints, as it prints it.
TEST(Words, OfEachProgramMeanWhatItMeansByThem) {
  struct Said {
    std::string_view log;
    std::string_view words;
    Technology technology;
    State state;
    Usable usable;
    Attribution who;
  };
  using enum State;
  using enum Attribution;
  constexpr Technology kAny = Technology::kUnknown;
  const std::vector<Said> all = {
      // arch/x86/kernel/cpu/feat_ctl.c of Linux 5.6 and later
      {"kernel_log", "[    0.1] x86/cpu: VMX (outside TXT) disabled by BIOS", Technology::kVtx,
       kDisabledLocked, Usable::kNo, kFirmwareOrKernel},
      {"kernel_log", "[    0.1] x86/cpu: VMX (inside TXT) disabled by BIOS", Technology::kVtx,
       kDisabledLocked, Usable::kNo, kFirmwareOrKernel},
      // arch/x86/kvm: vmx.c, svm.c and x86.c, by version
      {"kernel_log", "kvm: disabled by bios", kAny, kDisabledLocked, Usable::kNo,
       kFirmwareOrKernel},
      {"kernel_log", "kvm: support for 'kvm_intel' disabled by bios", Technology::kVtx,
       kDisabledLocked, Usable::kNo, kFirmwareOrKernel},
      {"kernel_log", "kvm: support for 'kvm_amd' disabled by bios", Technology::kSvm,
       kDisabledLocked, Usable::kNo, kFirmware},
      {"kernel_log", "kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 0",
       Technology::kVtx, kDisabledLocked, Usable::kNo, kFirmwareOrKernel},
      {"kernel_log", "kvm_amd: SVM disabled (by BIOS) in MSR_VM_CR on CPU 17", Technology::kSvm,
       kDisabledLocked, Usable::kNo, kFirmware},
      {"kernel_log", "kvm: CPU 3 feature inconsistency!", Technology::kVtx, kInconsistent,
       Usable::kNo, kUnknown},
      // src/cpu/intel/common/common_init.c of coreboot
      {"firmware_log", "VMX status: enabled, locked", Technology::kVtx, kEnabled, Usable::kYes,
       kFirmware},
      {"firmware_log", "VMX status: disabled, locked", Technology::kVtx, kDisabledLocked,
       Usable::kNo, kFirmware},
      {"firmware_log", "VMX status: enabled, unlocked", Technology::kVtx, kUnlocked,
       Usable::kNotYet, kFirmware},
      {"firmware_log", "VMX status: disabled, unlocked", Technology::kVtx, kUnlocked,
       Usable::kNotYet, kFirmware},
      // kvm-ok, virt-host-validate's neighbours, and Windows
      {"tool_log",
       "FAILED [MEDIUM] VirtDisabledByBIOS: Test 1, Virtualization extensions supported but "
       "disabled by BIOS.",
       Technology::kVtx, kDisabledLocked, Usable::kNo, kFirmwareOrKernel},
      {"tool_log", "VirtualizationFirmwareEnabled : True", kAny, kEnabled, Usable::kYes, kUnknown},
      {"tool_log", "INFO: KVM (vmx) is disabled by your BIOS", Technology::kVtx, kDisabledLocked,
       Usable::kNo, kUnknown},
      {"tool_log", "INFO: KVM (svm) is disabled by your BIOS", Technology::kSvm, kDisabledLocked,
       Usable::kNo, kUnknown},
      {"tool_log", "KVM acceleration can be used", kAny, kEnabled, Usable::kYes, kUnknown},
      {"tool_log", "VMX disabled by BIOS", Technology::kVtx, kDisabledLocked, Usable::kNo,
       kFirmwareOrKernel},
      {"tool_log", "VMX: disabled by BIOS", Technology::kVtx, kDisabledLocked, Usable::kNo,
       kFirmwareOrKernel},
      {"tool_log", "SVM disabled by BIOS", Technology::kSvm, kDisabledLocked, Usable::kNo,
       kFirmware},
      {"tool_log", "Virtualization Enabled In Firmware: No", kAny, kDisabledLocked, Usable::kNo,
       kUnknown},
      {"tool_log", "Virtualization Enabled In Firmware: Yes", kAny, kEnabled, Usable::kYes,
       kUnknown},
      {"tool_log", "VT enabled -- no", Technology::kVtx, kDisabledLocked, Usable::kNo, kUnknown},
      {"tool_log", "VT enabled -- yes", Technology::kVtx, kEnabled, Usable::kYes, kUnknown},
      {"tool_log", "VMX enabled         -  No", Technology::kVtx, kDisabledLocked, Usable::kNo,
       kUnknown},
      {"tool_log", "VMX enabled         *  Yes", Technology::kVtx, kEnabled, Usable::kYes,
       kUnknown},
      {"tool_log", "Virtualisierung in Firmware aktiviert: Nein", kAny, kDisabledLocked,
       Usable::kNo, kUnknown},
      {"tool_log", "Virtualisation dans le microprogramme : Oui", kAny, kEnabled, Usable::kYes,
       kUnknown},
      {"tool_log", "Virtualization:   Disabled", kAny, kDisabledLocked, Usable::kNo, kUnknown},
      {"tool_log", "Virtualization: Enabled", kAny, kEnabled, Usable::kYes, kUnknown},
      {"tool_log", "Intel Virtualization Technology (VMX):  Present, Disabled", Technology::kVtx,
       kDisabledLocked, Usable::kNo, kUnknown},
      {"tool_log", "VERR_VMX_MSR_ALL_VMX_DISABLED", Technology::kVtx, kDisabledLocked, Usable::kNo,
       kUnknown},
      // esxcfg-info: knowledge base article 1011712 of VMware
      {"tool_log", "|----HV Support............................................0", kAny,
       kUnsupported, Usable::kNo, kUnknown},
      {"tool_log", "|----HV Support............................................2", kAny,
       kDisabledLocked, Usable::kNo, kUnknown},
      {"tool_log", "|----HV Support............................................3", kAny, kEnabled,
       Usable::kYes, kUnknown},
      // sys/amd64/vmm of FreeBSD, dmesg of OpenBSD
      {"kernel_log", "vmx_init: VMX operation disabled by BIOS", Technology::kVtx, kDisabledLocked,
       Usable::kNo, kFirmwareOrKernel},
      {"kernel_log", "VT-x: (disabled in BIOS) PAT,HLT,MTF", Technology::kVtx, kDisabledLocked,
       Usable::kNo, kFirmwareOrKernel},
      {"kernel_log", "SVM: disabled by BIOS.", Technology::kSvm, kDisabledLocked, Usable::kNo,
       kFirmware},
      {"kernel_log", "vmm0 at mainbus0: SVM/RVI", Technology::kSvm, kEnabled, Usable::kYes,
       kUnknown},
  };
  for (const Said& said : all) {
    SCOPED_TRACE(said.words);
    const auto verdict =
        Judged("meta " + std::string(said.log) + ".1 = " + std::string(said.words) + "\n");
    EXPECT_EQ(verdict.technology, said.technology);
    EXPECT_EQ(verdict.state, said.state);
    EXPECT_EQ(verdict.usable, said.usable);
    EXPECT_EQ(verdict.attribution, said.who);
  }
}

// kvm-ok looks at the kernel's flags: why it can't be used is not known.
TEST(Words, ThatItCanNotBeUsedSayNotWhy) {
  const auto verdict = Judged("meta tool_log.1 = KVM acceleration can NOT be used\n");
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  EXPECT_EQ(ExitCode(verdict), 1);
  EXPECT_THAT(Headline(verdict), testing::StartsWith("Hardware virtualization is NOT usable"));
}

// coreboot says how the switch stands and whether it is locked in one line or in two.
TEST(Words, MayBeTwoSentences) {
  const auto verdict = Judged(
      "meta firmware_log.1 = VMX status: enabled\n"
      "meta firmware_log.2 = IA32_FEATURE_CONTROL status: locked\n");
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmware);
  EXPECT_EQ(Judged("meta firmware_log.1 = VMX status: enabled\n").state, State::kIndeterminate);
}

// systeminfo puts its values into columns.
TEST(Words, MayStandFarApart) {
  EXPECT_EQ(Judged("meta tool_log.1 = Hyper-V Requirements:   Virtualization Enabled In  Firmware: "
                   " \t No, it is off\n")
                .state,
            State::kDisabledLocked);
}

TEST(Words, AreQuotedAsWhoseTheyAre) {
  const auto reason = [](const std::string& line) { return Judged(line).attribution_reason; };
  EXPECT_EQ(reason("meta kernel_log.1 = kvm: disabled by bios\n"),
            "the kernel says so, not a register");
  EXPECT_EQ(reason("meta firmware_log.1 = VMX status: enabled, locked\n"),
            "the firmware says so, not a register");
  EXPECT_EQ(reason("meta tool_log.1 = VT enabled -- no\n"),
            "a program on it says so, not a register");
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
