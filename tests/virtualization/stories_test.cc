// Machines that somebody had, or will have, told as the dump that they would
// send, and what is right to say to them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;

VirtualizationVerdict Judge(std::string_view lines) {
  const auto snapshot = ParseDump("vtprobe-dump 1\n" + std::string(lines));
  if (!snapshot) {
    ADD_FAILURE() << snapshot.error().line << ":" << snapshot.error().column << ": "
                  << snapshot.error().message;
    return {};
  }
  return JudgeVirtualization(*snapshot);
}

// Everything that a person reads.
std::string Text(const VirtualizationVerdict& verdict) {
  std::string text = Headline(verdict) + '\n' + Explanation(verdict) + '\n' + Remedy(verdict);
  for (const VirtualizationGroup& group : verdict.groups) text += '\n' + group.note;
  return text;
}

bool HasEvidence(const VirtualizationGroup& group, std::string_view address,
                 const RegisterReading& value) {
  return std::any_of(group.evidence.begin(), group.evidence.end(), [&](const Evidence& evidence) {
    return evidence.address() == address && evidence.value == value;
  });
}

std::string Address(const VirtualizationGroup& group) {
  return group.evidence.empty() ? "" : group.evidence.front().address();
}

// Skylake with and without VMX, with SMX; and the same as a guest.
constexpr std::string_view kIntel =
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\n";
constexpr std::string_view kIntelWithoutVmx =
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafb9f 0xbfebfbff\n";
constexpr std::string_view kIntelGuest =
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0xfffafbff 0xbfebfbff\n"
    "cpuid 0x40000000.0x0 = 0x40000001 0x4b4d564b 0x564b4d56 0x4d\n";
constexpr std::string_view kIntelGuestWithoutVmx =
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 0x100800 0xfffafb9f 0xbfebfbff\n"
    "cpuid 0x40000000.0x0 = 0x40000001 0x4b4d564b 0x564b4d56 0x4d\n";
// Naples.
constexpr std::string_view kAmd =
    "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0x800f12 0x100800 0x7ed8320b 0x178bfbff\n"
    "cpuid 0x80000001.0x0 = 0x800f12 0x40000000 0x35c233ff 0x2fd3fbff\n"
    "cpuid 0x8000000a.0x0 = 0x1 0x8000 0x0 0x1bcff\n";
constexpr std::string_view kAmdGuestWithoutSvm =
    "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0x800f12 0x100800 0xfed8320b 0x178bfbff\n"
    "cpuid 0x40000000.0x0 = 0x40000001 0x4b4d564b 0x564b4d56 0x4d\n"
    "cpuid 0x80000001.0x0 = 0x800f12 0x40000000 0x35c233fb 0x2fd3fbff\n";

std::string Cpus(std::string_view list, std::string_view leaves, std::string_view rest) {
  return "cpu " + std::string(list) + "\n" + std::string(leaves) + std::string(rest) + "\n";
}

// The value in the mailing-list post that this project started from.
TEST(Stories, LockedForTxtOnly) {
  const auto verdict = Judge(Cpus("0-7", kIntel, "msr 0x3a = 0xff03"));
  EXPECT_EQ(verdict.state, State::kEnabledInSmxOnly);
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(ExitCode(verdict), 1);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_EQ(verdict.groups[0].cpus.ToString(), "0-7");
  EXPECT_EQ(Address(verdict.groups[0]), "0x3a");
  EXPECT_TRUE(HasEvidence(verdict.groups[0], "0x3a", 0xff03));
  EXPECT_THAT(Text(verdict), HasSubstr("TXT"));
  EXPECT_THAT(Remedy(verdict), HasSubstr("tboot"));
}

TEST(Stories, LockedForTxtAndBootedUnderTboot) {
  const auto verdict =
      Judge("meta measured_launch = yes\n" + Cpus("0-7", kIntel, "msr 0x3a = 0xff03"));
  EXPECT_EQ(verdict.state, State::kEnabledInSmxOnly);
  EXPECT_EQ(verdict.usable, Usable::kYes);
  EXPECT_EQ(ExitCode(verdict), 0);
}

TEST(Stories, TbootOnAMachineThatAllowsVmxOutsideSmxOnly) {
  const auto verdict =
      Judge("meta measured_launch = yes\n" + Cpus("0-7", kIntel, "msr 0x3a = 0x5"));
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(ExitCode(verdict), 1);
  EXPECT_FALSE(Remedy(verdict).empty());
}

// One machine on which only some CPUs allow VMX inside SMX is one state, and
// not usable: KVM needs every CPU.
TEST(Stories, TbootWithOneCpuThatLacksBitOne) {
  const auto verdict =
      Judge("meta measured_launch = yes\n" + Cpus("0-6", kIntel, "msr 0x3a = 0x7") +
            Cpus("7", kIntel, "msr 0x3a = 0x5"));
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(ExitCode(verdict), 1);
}

TEST(Stories, DisabledByFirmware) {
  const auto verdict = Judge("meta kernel = 6.1.0-13-amd64\nmeta kvm_intel = m\n" +
                             Cpus("0-7", kIntel, "msr 0x3a = 0x1"));
  EXPECT_EQ(verdict.state, State::kDisabledLocked);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmware);
  EXPECT_EQ(ExitCode(verdict), 1);
  EXPECT_THAT(Remedy(verdict), HasSubstr("Intel Virtualization Technology"));
  EXPECT_THAT(Remedy(verdict), HasSubstr("power"));
}

// A kernel without KVM_INTEL locks an unlocked register at 1 by itself.
TEST(Stories, LockedAtOneByWhoKnowsWhom) {
  for (const std::string_view kvm : {"meta kvm_intel = n\n", ""}) {
    const auto verdict = Judge("meta kernel = 6.1.0-13-amd64\n" + std::string(kvm) +
                               Cpus("0-7", kIntel, "msr 0x3a = 0x1"));
    EXPECT_EQ(verdict.state, State::kDisabledLocked);
    EXPECT_EQ(verdict.attribution, Attribution::kFirmwareOrKernel);
    EXPECT_THAT(Text(verdict), Not(HasSubstr("only way")));
  }
}

// Bit 20 is LMCE, which no Linux writes; 17 and 18 are SGX's, since 5.11.
TEST(Stories, WhyAKernelDidNotWriteIt) {
  const auto reason = [](const std::string& kernel, const std::string& value) {
    return Judge("meta kernel = " + kernel + "\n" + Cpus("0-7", kIntel, "msr 0x3a = " + value))
        .attribution_reason;
  };
  EXPECT_THAT(reason("6.1.0", "0x100005"), HasSubstr("never sets some of its bits"));
  EXPECT_THAT(reason("5.10.0", "0x100005"), HasSubstr("never sets some of its bits"));
  EXPECT_THAT(reason("5.10.0", "0x60005"), HasSubstr("never sets the SGX bits"));
}

// A kernel that locks it has not, so that it did not write it either.
TEST(Stories, UnlockedUnderAKernelThatLocksIt) {
  const auto verdict =
      Judge("meta kernel = 6.1.0-13-amd64\n" + Cpus("0-7", kIntel, "msr 0x3a = 0x4"));
  EXPECT_EQ(verdict.state, State::kUnlocked);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmwareOrKernel);
  EXPECT_THAT(verdict.attribution_reason, HasSubstr("firmware left it unlocked"));
  EXPECT_THAT(verdict.attribution_reason, Not(HasSubstr("could have written")));
}

TEST(Stories, DisabledBeforeAnyKernelRan) {
  const auto verdict =
      Judge("meta stage = pre-os\nmeta boot = cold\n" + Cpus("0", kIntel, "msr 0x3a = 0x1"));
  EXPECT_EQ(verdict.state, State::kDisabledLocked);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmware);
}

TEST(Stories, EnabledOnAnOldKernel) {
  const auto verdict =
      Judge("meta kernel = 4.19.0-27-amd64\n" + Cpus("0-3", kIntel, "msr 0x3a = 0xff07"));
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.usable, Usable::kYes);
  EXPECT_EQ(verdict.technology, Technology::kVtx);
  EXPECT_EQ(verdict.attribution, Attribution::kUnknown);
  EXPECT_EQ(ExitCode(verdict), 0);
}

// A guest kernel that locks its own virtual register is not a BIOS that
// disabled VT.
TEST(Stories, GuestThatLockedItsOwnRegister) {
  const auto verdict = Judge(Cpus("0-1", kIntelGuestWithoutVmx, "msr 0x3a = 0x1"));
  EXPECT_EQ(verdict.state, State::kHiddenByHypervisor);
  EXPECT_EQ(verdict.attribution, Attribution::kHypervisor);
  EXPECT_EQ(verdict.technology, Technology::kUnknown);
  EXPECT_EQ(ExitCode(verdict), 2);
  EXPECT_THAT(Remedy(verdict), HasSubstr("nested"));
  EXPECT_THAT(Text(verdict), Not(HasSubstr("Vanderpool")));
}

TEST(Stories, GuestWithNestedVirtualization) {
  const auto verdict = Judge(Cpus("0-1", kIntelGuest, "msr 0x3a = 0x5"));
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(verdict.attribution, Attribution::kHypervisor);
  EXPECT_EQ(ExitCode(verdict), 0);
}

TEST(Stories, GuestWhoseHypervisorDoesNotEmulateTheSwitch) {
  const auto verdict = Judge(Cpus("0-1", kIntelGuest, "msr 0x3a ! general-protection"));
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  EXPECT_EQ(verdict.attribution, Attribution::kHypervisor);
  EXPECT_EQ(ExitCode(verdict), 2);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_EQ(verdict.groups[0].unread, AccessCode::kGeneralProtection);
}

TEST(Stories, BareMetalThatOffersVmxWithoutItsSwitch) {
  const auto verdict = Judge(Cpus("0-1", kIntel, "msr 0x3a ! general-protection"));
  EXPECT_EQ(verdict.state, State::kContradictory);
  EXPECT_EQ(verdict.usable, Usable::kUnknown);
  EXPECT_EQ(ExitCode(verdict), 2);
}

// The register does not exist: follow CPUID, never "disabled".
TEST(Stories, NoVmxAndNoSwitch) {
  const auto verdict = Judge(Cpus("0-1", kIntelWithoutVmx, "msr 0x3a ! general-protection"));
  EXPECT_EQ(verdict.state, State::kUnsupported);
  EXPECT_EQ(verdict.technology, Technology::kNone);
  EXPECT_EQ(ExitCode(verdict), 3);
}

// Two dumps of one Xeon Phi model exist, with the bit and without: the bit
// decides, and it is said that firmware may have hidden it.
TEST(Stories, UnsupportedMayBeHiddenByFirmware) {
  const auto verdict = Judge(Cpus("0", kIntelWithoutVmx, ""));
  EXPECT_EQ(verdict.state, State::kUnsupported);
  EXPECT_THAT(Text(verdict), HasSubstr("firmware"));
}

// KVM answers VM_CR with 0 although SVM is hidden.
TEST(Stories, KvmGuestWithoutSvmWhoseVmCrReadsZero) {
  const auto verdict = Judge(Cpus("0-1", kAmdGuestWithoutSvm, "msr 0xc0010114 = 0x0"));
  EXPECT_EQ(verdict.state, State::kHiddenByHypervisor);
  EXPECT_EQ(verdict.attribution, Attribution::kHypervisor);
  EXPECT_EQ(verdict.usable, Usable::kUnknown);
  EXPECT_EQ(ExitCode(verdict), 2);
  EXPECT_THAT(Remedy(verdict), HasSubstr("nested"));
}

// A4 PRO-7300B: CPUID says no SVM, and the leaf that describes SVM answers. A
// list of flags, such as lscpu's, gives no more of that leaf than EDX.
TEST(Stories, LiveSvmLeafWithoutSvm) {
  // Of the last one, EBX: one address space identifier.
  for (const std::string_view leaf : {"0x1 0x10000 0x0 0x1cff", "- - - 0x5", "0x1 0x10000 - -",
                                      "0x1 - - -", "- 0x10000 - -", "- 0x1 - -"}) {
    const auto verdict = Judge(
        "cpu 0-1\n"
        "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
        "cpuid 0x1.0x0 = 0x610f31 0x20800 0x3e98320b 0x178bfbff\n"
        "cpuid 0x80000001.0x0 = 0x610f31 0x20000000 0x1ebbfb 0x2fd3fbff\n"
        "msr 0xc0010114 = 0x18\n"
        "cpuid 0x8000000a.0x0 = " +
        std::string(leaf) + "\n");
    EXPECT_EQ(verdict.state, State::kUnsupported);
    EXPECT_EQ(verdict.technology, Technology::kNone);
    EXPECT_EQ(ExitCode(verdict), 3);
    ASSERT_EQ(verdict.groups.size(), 1u);
    EXPECT_EQ(verdict.groups[0].note,
              "CPUID offers no SVM, yet its leaf 8000_000A, which describes SVM, is filled in: "
              "firmware may have cleared the bit.")
        << leaf;
    EXPECT_TRUE(std::any_of(verdict.groups[0].evidence.begin(), verdict.groups[0].evidence.end(),
                            [](const Evidence& e) { return e.address() == "0x8000000a.0x0"; }))
        << leaf;
  }
}

// What was not read, or reads as 0, is no sign that the leaf is filled in.
TEST(Stories, EmptySvmLeafWithoutSvm) {
  for (const std::string_view leaf :
       {"0x0 0x0 0x0 0x0", "- - - 0x0", "- 0x0 - -", "0x0 - - -", "- - 0x1 -", "- - - -"}) {
    const std::string line = leaf == "- - - -" ? "" : "cpuid 0x8000000a.0x0 = " + std::string(leaf);
    const auto verdict = Judge(
        "cpu 0\n"
        "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
        "cpuid 0x1.0x0 = 0x610f31 0x20800 0x3e98320b 0x178bfbff\n"
        "cpuid 0x80000001.0x0 = 0x610f31 0x20000000 0x1ebbfb 0x2fd3fbff\n" +
        line + "\n");
    EXPECT_EQ(verdict.state, State::kUnsupported) << leaf;
    ASSERT_EQ(verdict.groups.size(), 1u);
    EXPECT_EQ(verdict.groups[0].note, "") << leaf;
  }
}

TEST(Stories, UnreadFeatureLeafOfAmdIsShown) {
  const auto verdict = Judge(
      "cpu 0\ncpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x1.0x0 = 0x610f31 0x20800 0x3e98320b 0x178bfbff\n"
      "cpuid 0x80000001.0x0 ! permission-denied\nmsr 0xc0010114 = 0x18\n");
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_TRUE(HasEvidence(verdict.groups[0], "0xc0010114", 0x18));
  EXPECT_TRUE(HasEvidence(verdict.groups[0], "0x80000001.0x0",
                          tl::unexpected(AccessCode::kPermissionDenied)));
}

TEST(Stories, SvmDisabledByFirmwareWithKey) {
  const auto verdict = Judge(Cpus("0-15", kAmd, "msr 0xc0010114 = 0x18"));
  EXPECT_EQ(verdict.state, State::kDisabledNeedsKey);
  EXPECT_EQ(verdict.attribution, Attribution::kFirmware);
  EXPECT_EQ(verdict.technology, Technology::kSvm);
  EXPECT_EQ(ExitCode(verdict), 1);
  EXPECT_THAT(Remedy(verdict), HasSubstr("SVM Mode"));
}

TEST(Stories, NoVendorLeaf) {
  const auto verdict =
      Judge("cpu 0\ncpuid 0x1.0x0 = 0x506e3 0x100800 0x7ffafbff 0xbfebfbff\nmsr 0x3a = 0x5\n");
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  EXPECT_EQ(verdict.technology, Technology::kUnknown);
  EXPECT_EQ(ExitCode(verdict), 2);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_TRUE(HasEvidence(verdict.groups[0], "0x3a", 5));
}

TEST(Stories, NoFeatureLeaf) {
  const auto verdict =
      Judge("cpu 0\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\nmsr 0x3a = 0x5\n");
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  EXPECT_EQ(ExitCode(verdict), 2);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_TRUE(HasEvidence(verdict.groups[0], "0x3a", 5));
}

// A bug report's one value.
TEST(Stories, OneValueAndNothingElse) {
  for (const std::string_view reading : {"msr 0x3a = 0xff03", "msr 0xc0010114 = 0x18"}) {
    const auto verdict = Judge("cpu 0\n" + std::string(reading) + "\n");
    EXPECT_EQ(verdict.state, State::kIndeterminate);
    EXPECT_EQ(ExitCode(verdict), 2);
    ASSERT_EQ(verdict.groups.size(), 1u);
    EXPECT_TRUE(std::any_of(verdict.groups[0].evidence.begin(), verdict.groups[0].evidence.end(),
                            [](const Evidence& e) { return e.value.has_value(); }))
        << reading;
  }
}

// It is answered as far as it goes.
TEST(Stories, OneValueIsAnsweredOnACondition) {
  const auto headline = [](std::string_view lines) {
    const auto verdict = Judge("cpu 0\n" + std::string(lines));
    EXPECT_EQ(verdict.state, State::kIndeterminate);
    EXPECT_EQ(verdict.usable, Usable::kUnknown);
    EXPECT_EQ(ExitCode(verdict), 2);
    return Headline(verdict);
  };
  EXPECT_THAT(headline("msr 0x3a = 0x1\n"),
              HasSubstr("If this is an Intel CPU: VT-x off and locked"));
  EXPECT_THAT(headline("msr 0xc0010114 = 0x8\n"), HasSubstr("If this is an AMD CPU: SVM on and"));
  EXPECT_THAT(headline("msr 0x3a ! io\n"), Not(HasSubstr("If this is")));
  EXPECT_THAT(headline("cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\nmsr 0x3a = 0x5\n"),
              HasSubstr("If this CPU offers VT-x: VT-x on and locked"));
  EXPECT_THAT(
      headline("cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\nmsr 0xc0010114 = 0x10\n"),
      HasSubstr("If this CPU offers SVM: SVM off, not locked"));
}

// What `rdmsr -a 0x3a | sort | uniq -c` tells, and nothing more.
TEST(Stories, CpusWithoutAVendorDisagree) {
  const std::string headline =
      Headline(Judge("cpu 0-62\nmsr 0x3a = 0x5\ncpu 63\nmsr 0x3a = 0x1\n"));
  EXPECT_THAT(headline, HasSubstr("CPUs disagree. CPUs 0-62: If this is an Intel CPU: VT-x on"));
  EXPECT_THAT(headline, HasSubstr(" CPU 63: If this is an Intel CPU: VT-x off and locked"));
}

TEST(Stories, CpusWithoutAVendorAgree) {
  EXPECT_THAT(Headline(Judge("cpu 0-3\nmsr 0x3a = 0x1\n")), Not(HasSubstr("disagree")));
  // Neither is another lack another value.
  EXPECT_THAT(Headline(Judge("cpu 0\ncpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                             "cpu 1\nmsr 0x3a = 0x1\n")),
              Not(HasSubstr("disagree")));
  // That nothing is known of a CPU is no other value.
  EXPECT_THAT(Headline(Judge("cpu 0\nmsr 0x3a = 0x1\ncpu 1\nmsr 0xce = 0x1\n")),
              Not(HasSubstr("disagree")));
}

// [intel/sdm-vol3] 24.7, [amd/apm-vol2] 15.30.1
TEST(Stories, AValueInOneSentence) {
  constexpr MsrAddress kFeatureControl{0x3a};
  constexpr MsrAddress kVmCr{0xc001'0114};
  EXPECT_EQ(WhatItSwitches(kFeatureControl, 0x1),
            "On an Intel CPU: VT-x off and locked until the next reset.");
  EXPECT_EQ(WhatItSwitches(kFeatureControl, 0x7), "On an Intel CPU: VT-x on and locked.");
  EXPECT_EQ(WhatItSwitches(kFeatureControl, 0x5),
            "On an Intel CPU: VT-x on and locked, but not for a system under a measured launch "
            "(tboot).");
  EXPECT_EQ(WhatItSwitches(kFeatureControl, 0xff03),
            "On an Intel CPU: VT-x on and locked for a system under a measured launch (TXT) only: "
            "any other finds it off.");
  for (const std::uint64_t value : {0x0u, 0x2u, 0x4u, 0x6u}) {
    EXPECT_EQ(WhatItSwitches(kFeatureControl, value),
              "On an Intel CPU: VT-x not locked: it can't be used until firmware or the kernel "
              "sets the lock.");
  }
  EXPECT_EQ(WhatItSwitches(kVmCr, 0x0), "On an AMD CPU: SVM on, not locked.");
  EXPECT_EQ(WhatItSwitches(kVmCr, 0x8), "On an AMD CPU: SVM on and locked.");
  EXPECT_EQ(WhatItSwitches(kVmCr, 0x10), "On an AMD CPU: SVM off, not locked.");
  EXPECT_EQ(WhatItSwitches(kVmCr, 0x18),
            "On an AMD CPU: SVM off and locked; whether a key undoes the lock, CPUID leaf "
            "8000_000A tells.");
  EXPECT_EQ(WhatItSwitches(MsrAddress{0x1b}, 0x1), "");
}

TEST(Stories, WinChipWithGarbageInTheVmxBit) {
  const auto verdict = Judge(
      "cpu 0\ncpuid 0x0.0x0 = 0x1 0x746e6543 0x736c7561 0x48727561\n"
      "cpuid 0x1.0x0 = 0x541 0x0 0x4efff38 0x8001bf\n");
  EXPECT_EQ(verdict.state, State::kUnsupported);
  EXPECT_EQ(verdict.technology, Technology::kNone);
  EXPECT_EQ(ExitCode(verdict), 3);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_EQ(verdict.groups[0].note,
            "This CPU predates hardware virtualization, whatever its CPUID bits say.");
}

// An emulator may show any CPU; whether that could do more is not for us to say.
TEST(Stories, WinChipAsAGuest) {
  const auto verdict = Judge(
      "meta stage = guest\ncpu 0\ncpuid 0x0.0x0 = 0x1 0x746e6543 0x736c7561 0x48727561\n"
      "cpuid 0x1.0x0 = 0x541 0x0 0x4efff38 0x8001bf\n");
  EXPECT_EQ(verdict.state, State::kHiddenByHypervisor);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_EQ(verdict.groups[0].note, "");
}

TEST(Stories, VendorStringThatMisspellsItself) {
  const auto verdict = Judge(
      "cpu 0\ncpuid 0x0.0x0 = 0xd 0x756e6547 0x6c65746f 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x306c3 0x100800 0x7ffafbff 0xbfebfbff\nmsr 0x3a = 0x5\n"
      "cpuid 0x80000001.0x0 = 0x0 0x0 0x21 0x2c100800\n");
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  EXPECT_EQ(verdict.technology, Technology::kUnknown);
  EXPECT_EQ(ExitCode(verdict), 2);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_EQ(verdict.groups[0].note,
            "CPUID offers virtualization, but the vendor \"GenuineIotel\" is not known, so neither "
            "the bit nor an MSR can be trusted.");
}

TEST(Stories, OneCpuLeftDisabled) {
  const auto verdict =
      Judge(Cpus("0-7", kIntel, "msr 0x3a = 0x5") + Cpus("8", kIntel, "msr 0x3a = 0x1"));
  EXPECT_EQ(verdict.state, State::kInconsistent);
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(ExitCode(verdict), 1);
  ASSERT_EQ(verdict.groups.size(), 2u);
  EXPECT_EQ(verdict.groups[0].cpus.ToString(), "0-7");
  EXPECT_EQ(verdict.groups[0].state, State::kEnabled);
  EXPECT_EQ(verdict.groups[1].cpus.ToString(), "8");
  EXPECT_EQ(verdict.groups[1].state, State::kDisabledLocked);
  EXPECT_THAT(Text(verdict), HasSubstr("0-7"));
  EXPECT_THAT(Text(verdict), HasSubstr("8"));
}

TEST(Stories, OneCpuUnreadable) {
  const auto verdict = Judge(Cpus("0-7", kIntel, "msr 0x3a = 0x5") +
                             Cpus("8", kIntel, "msr 0x3a ! permission-denied"));
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  EXPECT_EQ(verdict.usable, Usable::kUnknown);
  EXPECT_EQ(verdict.technology, Technology::kVtx);
  EXPECT_EQ(ExitCode(verdict), 2);
  ASSERT_EQ(verdict.groups.size(), 2u);
  EXPECT_EQ(verdict.groups[1].cpus.ToString(), "8");
  EXPECT_EQ(verdict.groups[1].unread, AccessCode::kPermissionDenied);
  EXPECT_THAT(Remedy(verdict), HasSubstr("root"));
}

TEST(Stories, OneCpuDisabledAndTheOthersUnreadable) {
  const auto verdict = Judge(Cpus("0", kIntel, "msr 0x3a = 0x1") +
                             Cpus("1-8", kIntel, "msr 0x3a ! permission-denied"));
  EXPECT_EQ(verdict.state, State::kDisabledLocked);
  EXPECT_EQ(verdict.usable, Usable::kNo);
  EXPECT_EQ(ExitCode(verdict), 1);
  EXPECT_THAT(Text(verdict), HasSubstr("1-8"));
}

TEST(Stories, OnlineCpuThatAnswersOffline) {
  const auto verdict =
      Judge(Cpus("0-2", kIntel, "msr 0x3a = 0x5") + Cpus("3", kIntel, "msr 0x3a ! cpu-offline"));
  EXPECT_EQ(verdict.state, State::kIndeterminate);
  EXPECT_EQ(ExitCode(verdict), 2);
  ASSERT_EQ(verdict.groups.size(), 2u);
  EXPECT_EQ(verdict.groups[1].unread, AccessCode::kCpuOffline);
}

TEST(Stories, DeclaredOfflineCpuWithoutReadings) {
  const auto verdict = Judge(Cpus("0-2", kIntel, "msr 0x3a = 0x5") + "cpu 3 offline\n");
  EXPECT_EQ(verdict.state, State::kEnabled);
  EXPECT_EQ(ExitCode(verdict), 0);
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_EQ(verdict.groups[0].cpus.ToString(), "0-2");
}

// A CPU that was hot-plugged into a KVM guest after its firmware had run.
TEST(Stories, HotPluggedIntoAGuest) {
  const auto verdict = Judge(Cpus("0-3", kIntelGuest, "msr 0x3a = 0x40005") +
                             Cpus("4", kIntelGuest, "msr 0x3a = 0x0"));
  EXPECT_EQ(verdict.state, State::kInconsistent);
  EXPECT_EQ(verdict.usable, Usable::kNotYet);
  EXPECT_EQ(verdict.attribution, Attribution::kHypervisor);
  EXPECT_EQ(ExitCode(verdict), 1);
  ASSERT_EQ(verdict.groups.size(), 2u);
  EXPECT_EQ(verdict.groups[0].state, State::kEnabled);
  EXPECT_EQ(verdict.groups[1].state, State::kUnlocked);
}

// Each cause has its own cure.
TEST(Stories, EveryUnreadableSwitchHasItsOwnRemedy) {
  std::set<std::string> remedies;
  for (const AccessCode code : kAllAccessCodes) {
    if (code == AccessCode::kGeneralProtection) continue;
    const auto verdict = Judge(Cpus("0", kIntel, "msr 0x3a ! " + std::string(Name(code))));
    EXPECT_EQ(verdict.state, State::kIndeterminate) << Name(code);
    EXPECT_TRUE(remedies.insert(Remedy(verdict)).second) << Name(code) << ": " << Remedy(verdict);
  }
}

// What KVM shows its guests speaks for the extension, and decides nothing.
TEST(Stories, KvmSpeaksForASwitchThatNobodyCouldRead) {
  const auto with = [](std::string_view extension, std::string_view machine) {
    return Judge("meta kvm.extension = " + std::string(extension) + '\n' + std::string(machine));
  };
  for (const std::string_view error : {"no-driver", "permission-denied"}) {
    const std::string intel = Cpus("0", kIntel, "msr 0x3a ! " + std::string(error));
    const std::string amd = Cpus("0", kAmd, "msr 0xc0010114 ! " + std::string(error));
    auto seen = with("vmx", intel);
    EXPECT_EQ(seen.state, State::kIndeterminate);
    EXPECT_EQ(seen.usable, Usable::kUnknown);
    EXPECT_EQ(ExitCode(seen), 2);
    EXPECT_EQ(Headline(seen), Headline(Judge(intel)));
    EXPECT_EQ(Remedy(seen), Remedy(Judge(intel)));
    EXPECT_THAT(Explanation(seen), HasSubstr("so it has loaded with VT-x"));
    seen = with("svm", amd);
    EXPECT_EQ(seen.state, State::kIndeterminate);
    EXPECT_THAT(Explanation(seen), HasSubstr("so it has loaded with SVM"));
    // Of the other vendor's extension it says nothing.
    EXPECT_EQ(Explanation(with("svm", intel)), Explanation(Judge(intel)));
    EXPECT_EQ(Explanation(with("vmx", amd)), Explanation(Judge(amd)));
  }
}

TEST(Stories, KvmHasNoSayWhereTheSwitchWasReadOrIsBroken) {
  for (const std::string_view switch_line :
       {"msr 0x3a = 0x5", "msr 0x3a = 0x1", "msr 0x3a ! general-protection", "msr 0x3a ! io"}) {
    const std::string machine = Cpus("0", kIntel, switch_line);
    const auto verdict = Judge("meta kvm.extension = vmx\n" + machine);
    EXPECT_EQ(Explanation(verdict), Explanation(Judge(machine))) << switch_line;
    EXPECT_EQ(verdict.state, Judge(machine).state) << switch_line;
  }
}

TEST(Stories, NoMsrDriver) {
  const auto verdict = Judge(Cpus("0", kIntel, "msr 0x3a ! no-driver"));
  EXPECT_THAT(Remedy(verdict), HasSubstr("modprobe msr"));
}

// Firmware setup is no cure for a driver that is not loaded.
TEST(Stories, WhatWasNotReadIsNotBlamed) {
  for (const AccessCode code : {AccessCode::kNoDriver, AccessCode::kPermissionDenied}) {
    const auto verdict = Judge(Cpus("0", kIntel, "msr 0x3a ! " + std::string(Name(code))));
    EXPECT_THAT(Remedy(verdict), Not(HasSubstr("Vanderpool")));
  }
}

}  // namespace
}  // namespace vtprobe
