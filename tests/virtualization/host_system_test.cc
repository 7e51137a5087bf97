// Systems that a hypervisor runs and that are no ordinary guests: the one that
// it keeps for its host, and those that it can't look into. And KVM that works
// without hardware virtualization.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/system.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/wording/wording.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;

PlatformSnapshot Machine(const std::string& lines) {
  const auto snapshot = ParseDump("vtprobe-dump 1\n" + lines);
  EXPECT_TRUE(snapshot) << (snapshot ? "" : snapshot.error().message);
  return snapshot.value_or(PlatformSnapshot());
}

VirtualizationVerdict Judge(const std::string& lines) {
  return JudgeVirtualization(Machine(lines));
}

// Skylake and Genoa with the hypervisor bit and without the extension.
const std::string kIntel =
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x1.0x0 = 0x506e3 - 0xfffafb9f 0xbfebfbff\n";
const std::string kAmd =
    "cpu 0-3\n"
    "cpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x1.0x0 = 0xa10f11 - 0xfed8320b 0x178bfbff\n"
    "cpuid 0x80000000.0x0 = 0x80000023 0x68747541 0x444d4163 0x69746e65\n"
    "cpuid 0x80000001.0x0 = 0xa10f11 0x40000000 0x35c233fb 0x2fd3fbff\n";

const std::string kHyperV = "cpuid 0x40000000.0x0 = 0x4000000c 0x7263694d 0x666f736f 0x76482074\n";
const std::string kXen = "cpuid 0x40000000.0x0 = 0x40000005 0x566e6558 0x65584d4d 0x4d4d566e\n";
const std::string kKvm = "cpuid 0x40000000.0x0 = 0x40000001 0x4b4d564b 0x564b4d56 0x4d\n";

// Bits 0 (CreatePartitions) and 12 (CpuManagement).
const std::string kRootPrivileges = "cpuid 0x40000003.0x0 = 0xbfff 0x1001 0x0 0x0\n";

TEST(HostSystem, HyperVsRootPartition) {
  const auto intel = Judge(kIntel + kHyperV + kRootPrivileges);
  EXPECT_EQ(intel.state, State::kInUse);
  EXPECT_EQ(intel.usable, Usable::kYes);
  EXPECT_EQ(intel.technology, Technology::kVtx);
  EXPECT_EQ(intel.attribution, Attribution::kHypervisor);
  EXPECT_EQ(ExitCode(intel), 0);
  EXPECT_THAT(Headline(intel), HasSubstr("Hyper-V's root partition"));
  EXPECT_THAT(Explanation(intel), HasSubstr("may filter"));
  EXPECT_EQ(Remedy(intel), "");
  EXPECT_EQ(Judge(kAmd + kHyperV + kRootPrivileges).technology, Technology::kSvm);
}

// One of the two privileges is no root partition's, and a third says that it is not.
TEST(HostSystem, HyperVsRootPartitionHasBothPrivileges) {
  for (const std::string_view privileges : {"0x1", "0x1000", "0x401001"}) {
    EXPECT_EQ(Judge(kIntel + kHyperV + "cpuid 0x40000003.0x0 = 0xbfff " + std::string(privileges) +
                    " 0x0 0x0\n")
                  .state,
              State::kHiddenByHypervisor)
        << privileges;
  }
}

// A recorder that took the bit for a guest's said so.
TEST(HostSystem, ThePartitionsLeafOutweighsTheStage) {
  EXPECT_EQ(Judge("meta stage = guest\n" + kIntel + kHyperV + kRootPrivileges).state,
            State::kInUse);
}

// It is the system's, and not a CPU's: one that tells is enough, and two that
// tell different things are none.
TEST(HostSystem, OneCpuTellsOfAll) {
  const auto verdict = Judge(kIntel + "cpu 0\n" + kHyperV + kRootPrivileges);
  EXPECT_EQ(verdict.state, State::kInUse);
  EXPECT_EQ(verdict.groups.size(), 1u);
  const auto torn = Judge(kIntel + kHyperV + "cpu 0\n" + kRootPrivileges +
                          "cpu 1\ncpuid 0x40000003.0x0 = 0x3fff 0x30 0x0 0x0\n");
  EXPECT_EQ(torn.state, State::kHiddenByHypervisor);
}

// What a CPU that is offline says of it does not count.
TEST(HostSystem, OfflineCpusTellNothing) {
  EXPECT_EQ(Judge(kIntel + kHyperV + "cpu 7 offline\n" + kRootPrivileges).state,
            State::kHiddenByHypervisor);
}

TEST(HostSystem, TheSwitchOfARootPartitionDecidesNothing) {
  for (const std::string_view reading : {"= 0x1", "= 0x0", "! general-protection", "! io"}) {
    const auto verdict =
        Judge(kIntel + kHyperV + kRootPrivileges + "msr 0x3a " + std::string(reading) + "\n");
    EXPECT_EQ(verdict.state, State::kInUse) << reading;
    EXPECT_EQ(ExitCode(verdict), 0) << reading;
  }
}

TEST(HostSystem, XensDom0IsInUseWhereXenOffersHvm) {
  const std::string other = "meta xen.features = 0000000000002705\n";  // without it
  const std::string hvm = "meta xen.capabilities = xen-3.0-x86_64 hvm-3.0-x86_64\n";
  const std::string no_hvm = "meta xen.capabilities = xen-3.0-x86_64\n";
  const std::string dom0 = "meta xen.features = 0000000000002b2d\n";
  const auto verdict = Judge(dom0 + hvm + kIntel + kXen);
  EXPECT_EQ(verdict.state, State::kInUse);
  EXPECT_EQ(ExitCode(verdict), 0);
  EXPECT_THAT(Headline(verdict), HasSubstr("Xen's dom0"));
  EXPECT_THAT(Explanation(verdict), HasSubstr("virtual CPU's"));
  for (const std::string& unproven : {dom0 + no_hvm, dom0}) {
    const auto hidden = Judge(unproven + kIntel + kXen);
    EXPECT_EQ(hidden.state, State::kHiddenByHypervisor) << unproven;
    EXPECT_EQ(ExitCode(hidden), 2) << unproven;
    EXPECT_THAT(Headline(hidden), HasSubstr("Xen's dom0")) << unproven;
    EXPECT_THAT(Explanation(hidden), Not(HasSubstr("This is a guest"))) << unproven;
    EXPECT_THAT(Remedy(hidden), HasSubstr("xl info")) << unproven;
  }
  // A kind of guests begins with the word.
  EXPECT_EQ(Judge(dom0 + "meta xen.capabilities = xen-3.0-hvm\n" + kIntel + kXen).state,
            State::kHiddenByHypervisor);
  const auto guest = Judge(other + hvm + kIntel + kXen);
  EXPECT_EQ(guest.state, State::kHiddenByHypervisor);
  EXPECT_THAT(Headline(guest), HasSubstr("this guest"));
  // Not as sysfs writes it.
  EXPECT_EQ(Judge("meta xen.features = 2b2d, 0\n" + hvm + kIntel + kXen).state,
            State::kHiddenByHypervisor);
  // The metadata of a Xen that is not there.
  EXPECT_EQ(Judge(dom0 + hvm + kIntel + kKvm).state, State::kHiddenByHypervisor);
}

// EAX[0] of leaf 0x4000_0001 is its service VM's. [linux] arch/x86/include/asm/acrn.h
TEST(HostSystem, AcrnsServiceVmIsToldApartFromItsGuests) {
  const std::string acrn = "cpuid 0x40000000.0x0 = 0x40000010 0x4e524341 0x4e524341 0x4e524341\n";
  EXPECT_EQ(Judge(kIntel + acrn + "cpuid 0x40000001.0x0 = 0x1 0x0 0x0 0x0\n").state, State::kInUse);
  EXPECT_EQ(Judge(kIntel + acrn + "cpuid 0x40000001.0x0 = 0xfffffffe 0x0 0x0 0x0\n").state,
            State::kHiddenByHypervisor);
}

// The leaves of a hypervisor that the bit says is not there.
TEST(HostSystem, IsBareMetalWithoutTheBitWhateverTheLeavesSay) {
  EXPECT_EQ(Judge("cpu 0-3\n"
                  "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
                  "cpuid 0x1.0x0 = 0x506e3 - 0x7ffafb9f 0xbfebfbff\n" +
                  kHyperV + kRootPrivileges)
                .state,
            State::kUnsupported);
}

// A PVH dom0 is told its number: EAX[4] says that ECX holds it.
TEST(HostSystem, XenTellsADomainItsNumber) {
  const std::string hvm = "meta xen.capabilities = xen-3.0-x86_64 hvm-3.0-x86_64\n";
  const auto judge = [&](const std::string& leaf) {
    return Judge(hvm + kIntel + kXen + "cpuid 0x40000004.0x0 = " + leaf + "\n").state;
  };
  EXPECT_EQ(judge("0x1c 0x0 0x0 0x0"), State::kInUse);
  EXPECT_EQ(judge("0x1c 0x0 0x5 0x0"), State::kHiddenByHypervisor);
  EXPECT_EQ(judge("0xc 0x0 0x0 0x0"), State::kHiddenByHypervisor);
}

// "IntelTDX    " in leaf 0x21.
TEST(HostSystem, ATrustDomainIsAGuestAndNamed) {
  const std::string leaf = "cpuid 0x21.0x0 = 0x0 0x65746e49 0x20202020 0x5844546c\n";
  const std::string max_leaf = "cpuid 0x0.0x0 = 0x21 0x756e6547 0x6c65746e 0x49656e69\n";
  const std::string cpu = "cpu 0-3\n" + max_leaf;
  const auto verdict =
      Judge(cpu + "cpuid 0x1.0x0 = 0x806f8 - 0xfffafb9f 0xbfebfbff\n" + kKvm + leaf);
  EXPECT_EQ(verdict.state, State::kHiddenByHypervisor);
  EXPECT_THAT(Headline(verdict), HasSubstr("this TDX guest"));
  EXPECT_THAT(Explanation(verdict), HasSubstr("This is a TDX guest"));
  // A trust domain has the hypervisor bit; without it the leaf proves as much.
  EXPECT_EQ(Judge(cpu + "cpuid 0x1.0x0 = 0x806f8 - 0x7ffafb9f 0xbfebfbff\n" + leaf).state,
            State::kHiddenByHypervisor);
  EXPECT_EQ(Judge(cpu + "cpuid 0x1.0x0 = 0x806f8 - 0x7ffafb9f 0xbfebfbff\n").state,
            State::kUnsupported);
}

// A recording may hold another CPU's leaf 0, or a part of one.
TEST(HostSystem, ATrustDomainIsKnownWhateverTheHighestLeaf) {
  EXPECT_THAT(Headline(Judge(kIntel + "cpuid 0x21.0x0 = 0x0 0x65746e49 0x20202020 0x5844546c\n")),
              HasSubstr("this TDX guest"));
  // Of a leaf that is not there CPUID gives another's values.
  EXPECT_THAT(Headline(Judge(kIntel + "cpuid 0x21.0x0 = 0x7 0x2 0x4 0x0\n")),
              HasSubstr("this guest"));
}

TEST(HostSystem, SevGuestsAreNamedByWhatProtectsThem) {
  const auto headline = [](std::string_view status) {
    return Headline(Judge(kAmd + kKvm + "msr 0xc0010131 = " + std::string(status) + "\n"));
  };
  EXPECT_THAT(headline("0x7"), HasSubstr("this SEV-SNP guest"));
  EXPECT_THAT(headline("0x3"), HasSubstr("this SEV-ES guest"));
  EXPECT_THAT(headline("0x1"), HasSubstr("this SEV guest"));
  EXPECT_THAT(headline("0x0"), HasSubstr("this guest"));
}

// The CPU answers for SEV_STATUS, and the hypervisor for its bit. [amd/apm-vol2] 15.34.10
TEST(HostSystem, SevGuestsAreGuestsWithoutTheHypervisorsBit) {
  // As kAmd, without the bit.
  const std::string hidden =
      "cpu 0-3\n"
      "cpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x1.0x0 = 0xa10f11 - 0x7ed8320b 0x178bfbff\n"
      "cpuid 0x80000000.0x0 = 0x80000023 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x80000001.0x0 = 0xa10f11 0x40000000 0x35c233fb 0x2fd3fbff\n";
  for (const std::string_view status : {"0x1", "0x3", "0x7", "0x2"}) {
    const auto verdict = Judge(hidden + "msr 0xc0010131 = " + std::string(status) + "\n");
    EXPECT_EQ(verdict.state, State::kHiddenByHypervisor) << status;
    EXPECT_EQ(verdict.attribution, Attribution::kHypervisor) << status;
    EXPECT_EQ(ExitCode(verdict), 2) << status;
  }
  EXPECT_THAT(Headline(Judge(hidden + "msr 0xc0010131 = 0x7\n")), HasSubstr("this SEV-SNP guest"));
  // Bit 3 on is no feature that makes a guest, and 0 is what a host reads.
  for (const std::string_view status : {"= 0x0", "= 0x8", "! general-protection"}) {
    EXPECT_EQ(Judge(hidden + "msr 0xc0010131 " + std::string(status) + "\n").state,
              State::kUnsupported)
        << status;
  }
  // Said of a CPU that does not count.
  EXPECT_EQ(Judge(hidden + "cpu 7 offline\nmsr 0xc0010131 = 0x7\n").state, State::kUnsupported);
}

// Leaf 0x4000_0003 EBX[22], and the type in leaf 0x4000_000C EBX[3:0].
TEST(HostSystem, IsolatedGuestsOfHyperVAreNamed) {
  const auto headline = [](std::string_view privileges, std::string_view type) {
    const auto verdict =
        Judge(kAmd + kHyperV + "cpuid 0x40000003.0x0 = 0x3fff " + std::string(privileges) +
              " 0x0 0x0\ncpuid 0x4000000c.0x0 = 0x0 " + std::string(type) + " 0x0 0x0\n");
    EXPECT_EQ(verdict.state, State::kHiddenByHypervisor);
    return Headline(verdict);
  };
  // With a root partition's privileges as well: not to be believed then.
  for (const std::string_view privileges : {"0x400030", "0x401001"}) {
    EXPECT_THAT(headline(privileges, "0x1"), HasSubstr("this VBS guest"));
    EXPECT_THAT(headline(privileges, "0x2"), HasSubstr("this SEV-SNP guest"));
    EXPECT_THAT(headline(privileges, "0x3"), HasSubstr("this TDX guest"));
  }
  EXPECT_THAT(headline("0x30", "0x2"), HasSubstr("this guest"));
}

TEST(HostSystem, KvmMayWorkWithoutHardware) {
  const std::string plain = kIntel + kKvm;
  const auto verdict = Judge("meta kvm.provider = kvm_pvm\n" + plain);
  EXPECT_EQ(verdict.state, Judge(plain).state);
  EXPECT_THAT(Explanation(verdict), HasSubstr("kvm_pvm, which needs no hardware"));
  ASSERT_EQ(verdict.groups.size(), 1u);
  EXPECT_THAT(NoteOf(verdict, verdict.groups[0]), HasSubstr("kvm_pvm"));
  EXPECT_THAT(Explanation(Judge(plain)), Not(HasSubstr("kvm_pvm")));
}

}  // namespace
}  // namespace vtprobe
