// A finding fits the state it was found in: its outcome is one that the manual
// bears, its remedy is for this state, and one cause is one failure.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "rules/judged_dump.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string IntelCpus(const std::string& signature, const std::string& leaf_7_ebx = "0x0",
                      const std::string& leaf_7_ecx = "0x0") {
  return "cpu 0-1\ncpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\ncpuid 0x1.0x0 = " +
         signature + " 0x0 0x7ffefbff 0xbfebfbff\ncpuid 0x7.0x0 = 0x2 " + leaf_7_ebx + ' ' +
         leaf_7_ecx + " 0x0\n";
}

std::string AmdCpus(const std::string& signature, const std::string& leaf_1f_eax = "0x0") {
  return "cpu 0-1\ncpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\ncpuid 0x1.0x0 = " +
         signature +
         " 0x0 0x7efa320b 0x178bfbff\ncpuid 0x80000000.0x0 = 0x80000028 0x0 0x0 0x0\n"
         "cpuid 0x8000001f.0x0 = " +
         leaf_1f_eax + " 0x0 0x0 0x0\n";
}

Finding Once(const char* rule, const std::string& dump, const Profile* profile = nullptr) {
  const std::vector<Finding> findings = JudgeDump(rule, dump, profile);
  EXPECT_EQ(findings.size(), 1u) << Outcomes(findings);
  return findings.front();
}

// [intel/sdm-vol4] table 2-2: bit 31 is sticky and tells of bit 0.
TEST(DebugInterface, ThatWasOnOnceIsAWarning) {
  const auto judge = [](const char* value) {
    return Once("intel.debug_interface.locked",
                IntelCpus("0x806e9") + "msr 0xc80 = " + value + '\n');
  };
  EXPECT_EQ(judge("0x40000000").outcome, Outcome::kPass);
  const Finding occurred = judge("0xc0000000");
  EXPECT_EQ(occurred.outcome, Outcome::kWarn);
  EXPECT_THAT(occurred.message, HasSubstr("DEBUG_OCCURRED"));
  EXPECT_EQ(judge("0x80000000").outcome, Outcome::kFail);
  EXPECT_EQ(judge("0xc0000001").outcome, Outcome::kFail);
  // Off and open is no setting; on is one.
  EXPECT_THAT(judge("0x0").remedy, HasSubstr("No setting"));
  EXPECT_THAT(judge("0x1").remedy, HasSubstr("Switch off"));
}

// [intel/sdm-vol4] table 2-29
TEST(SmmCodeCheck, FailsWhereItIsOnAndOpen) {
  const auto judge = [](const char* value) {
    return Once("intel.smm.code_check", IntelCpus("0x806c1") + "msr 0x4e0 = " + value + '\n')
        .outcome;
  };
  EXPECT_EQ(judge("0x5"), Outcome::kPass);
  EXPECT_EQ(judge("0x4"), Outcome::kFail);
  EXPECT_EQ(judge("0x1"), Outcome::kWarn);
  EXPECT_EQ(judge("0x0"), Outcome::kWarn);
}

// Servers' control is in the uncore, whatever the address answers.
// [coreboot/coreboot] src/soc/intel/common/block/smm/smmrelocate.c
TEST(SmmCodeCheck, IsNotAskedOfServers) {
  // Haswell-E to Granite Rapids, and Snow Ridge to Sierra Forest.
  for (const char* const signature :
       {"0x306f2", "0x406f1", "0x50663", "0x50657", "0x606a6", "0x606c1", "0x806f8", "0xc06f2",
        "0xa06d1", "0xa06e1", "0x80665", "0xa06f3"}) {
    EXPECT_EQ(Once("intel.smm.code_check", IntelCpus(signature) + "msr 0x4e0 = 0x4\n").outcome,
              Outcome::kNotApplicable)
        << signature;
  }
}

// [amd/ppr-19-01] MSRC001_0113: bits 0 and 1 are AValid and TValid, 2 and 3
// AClose and TClose.
TEST(SmmMask, EitherRangeMayHoldTheHandler) {
  const auto judge = [](const char* value) {
    return Once("amd.smm_mask.protected", AmdCpus("0x100f42") + "msr 0xc0010113 = " + value + '\n')
        .outcome;
  };
  EXPECT_EQ(judge("0x1"), Outcome::kPass);
  EXPECT_EQ(judge("0x3"), Outcome::kPass);
  EXPECT_EQ(judge("0x2"), Outcome::kWarn);
  EXPECT_EQ(judge("0x0"), Outcome::kFail);
  EXPECT_EQ(judge("0x5"), Outcome::kFail);
  EXPECT_EQ(judge("0xb"), Outcome::kFail);
}

// [amd/ppr-19-01] MSRC001_0015[31], from family 17H on.
TEST(SmmBase, IsLockedFromZenOnwards) {
  const auto judge = [](const char* signature, const char* value) {
    return Once("amd.hwcr.smm_base_lock", AmdCpus(signature) + "msr 0xc0010015 = " + value + '\n')
        .outcome;
  };
  EXPECT_EQ(judge("0x800f12", "0x80000001"), Outcome::kPass);
  // The manual asks for no lock.
  EXPECT_EQ(judge("0x800f12", "0x1"), Outcome::kWarn);
  EXPECT_EQ(judge("0x600f12", "0x1"), Outcome::kNotApplicable);
  // Bit 0, SMMLOCK, is clear as well, which is a failure of its own.
  EXPECT_EQ(judge("0x800f12", "0x0"), Outcome::kNotApplicable);
}

TEST(SmmBase, IsLockedAsTheProfileWantsAndAlike) {
  Profile profile;
  profile.rules["amd.hwcr.smm_base_lock"].settings["expect"] = std::string("on");
  profile.rules["amd.hwcr.smmlock"];
  const auto judge = [](const std::string& readings, const Profile* chosen) {
    return Outcomes(JudgeDump("amd.hwcr.smm_base_lock", AmdCpus("0xa20f10") + readings, chosen));
  };
  EXPECT_EQ(judge("msr 0xc0010015 = 0x80000001\n", &profile), "pass 0-1");
  EXPECT_EQ(judge("msr 0xc0010015 = 0x1\n", &profile), "fail 0-1");
  EXPECT_EQ(judge("msr 0xc0010015 = 0x0\n", &profile), "not_applicable 0-1");
  const std::string differ = "cpu 0\nmsr 0xc0010015 = 0x80000001\ncpu 1\nmsr 0xc0010015 = 0x1\n";
  EXPECT_EQ(judge(differ, nullptr), "fail 0-1");
  EXPECT_EQ(judge(differ, &profile), "pass 0; fail 1");
  // One that reads 0 in bit 0 fails for that.
  EXPECT_EQ(judge("cpu 0\nmsr 0xc0010015 = 0x80000001\ncpu 1\nmsr 0xc0010015 = 0x0\n", nullptr),
            "pass 0; not_applicable 1");
}

// IA32_MTRRCAP[14] says that there is a lock, [13] that there is a second pair;
// the lock is bit 10 of a mask, bit 11 its V.
TEST(SmrrLock, IsSetWhereThereIsOne) {
  const auto judge = [](const std::string& readings) {
    return Once("intel.smrr.locked", IntelCpus("0x806c1") + readings).outcome;
  };
  EXPECT_EQ(judge("msr 0xfe = 0x5d0a\nmsr 0x1f3 = 0xff000800\n"), Outcome::kFail);
  EXPECT_EQ(judge("msr 0xfe = 0x5d0a\nmsr 0x1f3 = 0xff000c00\n"), Outcome::kPass);
  EXPECT_EQ(judge("msr 0xfe = 0x1d0a\nmsr 0x1f3 = 0xff000800\n"), Outcome::kNotApplicable);
  // Off is the failure of another rule.
  EXPECT_EQ(judge("msr 0xfe = 0x5d0a\nmsr 0x1f3 = 0xff000000\n"), Outcome::kNotApplicable);
  const std::string two = "msr 0xfe = 0x7d0a\nmsr 0x1f3 = 0xff000c00\n";
  EXPECT_EQ(judge(two + "msr 0x1f7 = 0xff000c00\n"), Outcome::kPass);
  EXPECT_EQ(judge(two + "msr 0x1f7 = 0xff000800\n"), Outcome::kFail);
  EXPECT_EQ(judge(two + "msr 0x1f7 = 0x0\n"), Outcome::kPass);
  EXPECT_EQ(judge(two + "msr 0x1f7 ! io\n"), Outcome::kIndeterminate);
  EXPECT_EQ(judge("msr 0xfe = 0x7d0a\nmsr 0x1f3 = 0xff000800\nmsr 0x1f7 ! io\n"), Outcome::kFail);
}

TEST(Smrr, KnownValuesDecideFirst) {
  const auto judge = [](const char* rule, const std::string& readings) {
    return Once(rule, IntelCpus("0x806c1") + "msr 0xfe = 0x5d0a\n" + readings).outcome;
  };
  EXPECT_EQ(judge("intel.smrr.enabled", "msr 0x1f2 ! io\nmsr 0x1f3 = 0x0\n"), Outcome::kFail);
  EXPECT_EQ(judge("intel.smrr.enabled", "msr 0x1f2 = 0x77000000\nmsr 0x1f3 ! io\n"),
            Outcome::kFail);
  EXPECT_EQ(judge("intel.smrr.enabled", "msr 0x1f2 = 0x77000006\nmsr 0x1f3 ! io\n"),
            Outcome::kIndeterminate);
  EXPECT_EQ(judge("intel.smrr.enabled", "msr 0x1f2 ! io\nmsr 0x1f3 = 0xff000c00\n"),
            Outcome::kIndeterminate);
  EXPECT_EQ(judge("intel.smrr.aligned", "msr 0x1f2 ! io\nmsr 0x1f3 = 0xfd000c00\n"),
            Outcome::kFail);
  EXPECT_EQ(judge("intel.smrr.aligned", "msr 0x1f2 ! io\nmsr 0x1f3 = 0xff000c00\n"),
            Outcome::kIndeterminate);
}

TEST(Seamrr, OpenIsTheVendorsFaultAndOffASetting) {
  const auto judge = [](const std::string& readings, const char* expect = "any") {
    Profile profile;
    profile.rules["intel.tdx.seamrr"].settings["expect"] = std::string(expect);
    return Once("intel.tdx.seamrr", IntelCpus("0xc06f2") + "msr 0xfe = 0xfd0a\n" + readings,
                &profile);
  };
  for (const char* const base : {"msr 0x1400 = 0x3ffe000008\n", "msr 0x1400 ! io\n"}) {
    const Finding open = judge(std::string(base) + "msr 0x1401 = 0x3ffffe000800\n");
    EXPECT_EQ(open.outcome, Outcome::kFail);
    EXPECT_THAT(open.remedy, HasSubstr("vendor"));
    EXPECT_THAT(open.remedy, Not(HasSubstr("Firmware setup")));
  }
  const Finding off = judge("msr 0x1400 ! io\nmsr 0x1401 = 0x0\n", "on");
  EXPECT_EQ(off.outcome, Outcome::kFail);
  EXPECT_THAT(off.remedy, HasSubstr("Firmware setup"));
  EXPECT_EQ(judge("msr 0x1400 ! io\nmsr 0x1401 = 0x3ffffe000c00\n").outcome,
            Outcome::kIndeterminate);
  EXPECT_EQ(judge("msr 0x1400 = 0x3ffe000000\nmsr 0x1401 = 0x3ffffe000c00\n").outcome,
            Outcome::kFail);
}

// Bits 10 and 11 of 0x1f5 are LOCK and VLD.
TEST(Prmrr, OpenIsTheVendorsFaultAndOffASetting) {
  const auto judge = [](const char* mask) {
    return Once("intel.sgx.prmrr",
                IntelCpus("0x706e5", "0x4") +
                    "msr 0x3a = 0x40005\nmsr 0xfe = 0x1d0a\nmsr 0x1f5 = " + mask + '\n');
  };
  EXPECT_EQ(judge("0x3fff80000c00").outcome, Outcome::kPass);
  EXPECT_THAT(judge("0x3fff80000800").remedy, HasSubstr("vendor"));
  EXPECT_THAT(judge("0x3fff80000400").remedy, HasSubstr("PRMRR size"));
}

// SYSCFG: 23 SMEE, 24 SNPE. Linux sets SNPE where the RMP is reserved.
TEST(Snp, ThatIsOffIsTheKernelsWhereFirmwareDidItsPart) {
  Profile profile;
  profile.rules["amd.syscfg.snpe"].settings["expect"] = std::string("on");
  const auto judge = [&](const std::string& rmp) {
    return Once("amd.syscfg.snpe",
                AmdCpus("0xa00f11", "0x1b") + "msr 0xc0010010 = 0xf40000\n" + rmp, &profile);
  };
  const Finding reserved = judge("msr 0xc0010132 = 0x1000000000\nmsr 0xc0010133 = 0x103fffffff\n");
  EXPECT_EQ(reserved.outcome, Outcome::kFail);
  EXPECT_THAT(reserved.remedy, HasSubstr("kernel"));
  EXPECT_THAT(reserved.remedy, HasSubstr("iommu=pt"));
  const Finding none = judge("msr 0xc0010132 = 0x0\nmsr 0xc0010133 = 0x1fff\n");
  EXPECT_THAT(none.remedy, HasSubstr("SNP Memory (RMP Table) Coverage"));
  EXPECT_THAT(none.remedy, Not(HasSubstr("iommu=pt")));
  EXPECT_THAT(judge("msr 0xc0010132 = 0x0\n").remedy, HasSubstr("RMP Table"));
  EXPECT_THAT(judge("").remedy, HasSubstr("SEV-SNP Support"));
}

// RMP_END reads 0x1fff where nothing is reserved, and base 0 decides without
// SYSCFG.
TEST(Rmp, ThatIsNotReservedIsKnownWithoutSyscfg) {
  Profile profile;
  profile.rules["amd.rmp.bounds"].required = true;
  const std::string none =
      AmdCpus("0xa00f11", "0x1b") + "msr 0xc0010132 = 0x0\nmsr 0xc0010133 = 0x1fff\n";
  EXPECT_EQ(Once("amd.rmp.bounds", none).outcome, Outcome::kNotApplicable);
  for (const std::string& dump : {none, none + "msr 0xc0010010 = 0xf40000\n"}) {
    const Finding finding = Once("amd.rmp.bounds", dump, &profile);
    EXPECT_EQ(finding.outcome, Outcome::kFail);
    EXPECT_THAT(finding.remedy, HasSubstr("SNP Memory (RMP Table) Coverage"));
  }
  EXPECT_EQ(Once("amd.rmp.bounds", none + "msr 0xc0010010 = 0x1f40000\n").outcome, Outcome::kFail);
  EXPECT_EQ(Outcomes(JudgeDump("amd.rmp.bounds",
                               AmdCpus("0xa00f11", "0x1b") +
                                   "cpu 0\nmsr 0xc0010132 = 0x0\nmsr 0xc0010133 = 0x1fff\n"
                                   "cpu 1\nmsr 0xc0010132 = 0x1000000000\n"
                                   "msr 0xc0010133 = 0x103fffffff\n")),
            "fail 0-1");
}

// CPUID.1:ECX has SMX and VMX, 0x3a 15:8 SENTER and 1 VMX_IN_SMX.
TEST(Txt, WantsVmxInSmx) {
  Profile profile;
  profile.rules["intel.txt.senter"].settings["expect"] = std::string("on");
  profile.rules["intel.txt.senter"].required = true;
  profile.rules["intel.txt.vmx_in_smx"].settings["expect"] = std::string("on");
  profile.rules["intel.txt.vmx_in_smx"].required = true;
  const auto judge = [&](const char* rule, const char* value) {
    return Once(rule, IntelCpus("0x906a3") + "msr 0x3a = " + value + '\n', &profile);
  };
  EXPECT_EQ(judge("intel.txt.vmx_in_smx", "0xff07").outcome, Outcome::kPass);
  EXPECT_EQ(judge("intel.txt.senter", "0xff05").outcome, Outcome::kPass);
  EXPECT_EQ(judge("intel.txt.vmx_in_smx", "0xff05").outcome, Outcome::kFail);
  // TXT that is off is one failure.
  EXPECT_EQ(judge("intel.txt.senter", "0x5").outcome, Outcome::kFail);
  const Finding off = judge("intel.txt.vmx_in_smx", "0x5");
  EXPECT_EQ(off.outcome, Outcome::kNotApplicable);
  EXPECT_THAT(off.message, HasSubstr("Depends on intel.txt.senter"));
}

Profile SgxHost() {
  Profile profile;
  for (const char* const rule : {"intel.sgx.enabled", "intel.sgx.launch_control"}) {
    profile.rules[rule].settings["expect"] = std::string("on");
    profile.rules[rule].required = true;
  }
  profile.rules["intel.sgx.prmrr"].required = true;
  return profile;
}

// CPUID.7.0: EBX[2] is SGX, ECX[30] SGX_LC; 0x3a: 17 and 18.
TEST(Consequences, OneCauseIsOneFailure) {
  const Profile profile = SgxHost();
  const auto outcomes = [&](const std::string& dump) {
    std::vector<std::string> all;
    for (const char* const rule :
         {"intel.sgx.enabled", "intel.sgx.launch_control", "intel.sgx.prmrr"}) {
      all.push_back(Outcomes(JudgeDump(rule, dump, &profile)));
    }
    return all;
  };
  const std::string offers = IntelCpus("0x706e5", "0x4", "0x40000000") + "msr 0xfe = 0x1d0a\n";
  using testing::ElementsAre;
  EXPECT_THAT(outcomes(offers + "msr 0x3a = 0x20005\n"),
              ElementsAre("fail 0-1", "warn 0-1", "not_applicable 0-1"));
  EXPECT_THAT(outcomes(offers + "msr 0x3a = 0x5\n"),
              ElementsAre("fail 0-1", "not_applicable 0-1", "not_applicable 0-1"));
  EXPECT_THAT(outcomes(offers + "msr 0x3a = 0x40005\nmsr 0x1f5 = 0x3fff80000c00\n"),
              ElementsAre("pass 0-1", "fail 0-1", "pass 0-1"));
  // Without SGX at all.
  EXPECT_THAT(outcomes(IntelCpus("0x706e5") + "msr 0x3a = 0x5\nmsr 0xfe = 0xd0a\n"),
              ElementsAre("fail 0-1", "not_applicable 0-1", "not_applicable 0-1"));
  const Finding off = Once("intel.sgx.prmrr", offers + "msr 0x3a = 0x20005\n", &profile);
  EXPECT_THAT(off.message, HasSubstr("Depends on intel.sgx.enabled"));
  EXPECT_THAT(off.message, HasSubstr("SGX is not on"));
}

TEST(Consequences, FailWhereTheCauseDoesNotCount) {
  const std::string off =
      IntelCpus("0x706e5", "0x4", "0x40000000") + "msr 0xfe = 0x1d0a\nmsr 0x3a = 0x5\n";
  Profile profile = SgxHost();
  profile.rules.erase("intel.sgx.enabled");
  const Finding prmrr = Once("intel.sgx.prmrr", off, &profile);
  EXPECT_EQ(prmrr.outcome, Outcome::kFail);
  EXPECT_THAT(prmrr.message, HasSubstr("SGX is not on"));
  EXPECT_FALSE(prmrr.remedy.empty());
  EXPECT_EQ(Once("intel.sgx.launch_control", off, &profile).outcome, Outcome::kFail);
  // It counts, and is content with SGX off.
  profile.rules["intel.sgx.enabled"].settings["expect"] = std::string("off");
  EXPECT_EQ(Once("intel.sgx.prmrr", off, &profile).outcome, Outcome::kFail);
}

TEST(Consequences, FollowAChain) {
  Profile profile;
  for (const char* const rule : {"amd.syscfg.smee", "amd.syscfg.snpe", "amd.syscfg.vmple"}) {
    profile.rules[rule].settings["expect"] = std::string("on");
  }
  const std::string off = AmdCpus("0xa00f11", "0x3b") + "msr 0xc0010010 = 0x740000\n";
  EXPECT_EQ(Once("amd.syscfg.smee", off, &profile).outcome, Outcome::kFail);
  EXPECT_EQ(Once("amd.syscfg.snpe", off, &profile).outcome, Outcome::kNotApplicable);
  EXPECT_EQ(Once("amd.syscfg.vmple", off, &profile).outcome, Outcome::kNotApplicable);
  const std::string smee = AmdCpus("0xa00f11", "0x3b") + "msr 0xc0010010 = 0xf40000\n";
  EXPECT_EQ(Once("amd.syscfg.snpe", smee, &profile).outcome, Outcome::kFail);
  EXPECT_EQ(Once("amd.syscfg.vmple", smee, &profile).outcome, Outcome::kNotApplicable);
  const std::string snpe = AmdCpus("0xa00f11", "0x3b") + "msr 0xc0010010 = 0x1f40000\n";
  EXPECT_EQ(Once("amd.syscfg.vmple", snpe, &profile).outcome, Outcome::kFail);
}

// Linux switches SNP on only where the RMP is reserved: [linux]
// arch/x86/virt/svm/sev.c. RMP_BASE 0xc0010132, RMP_END 0xc0010133.
TEST(Consequences, OfAnRmpThatIsNotReserved) {
  Profile profile;
  profile.rules["amd.syscfg.snpe"].settings["expect"] = std::string("on");
  profile.rules["amd.syscfg.vmple"].settings["expect"] = std::string("on");
  profile.rules["amd.rmp.bounds"].required = true;
  const std::string dump = AmdCpus("0xa00f11", "0x3b") +
                           "msr 0xc0010132 = 0x0\nmsr 0xc0010133 = 0x1fff\n"
                           "msr 0xc0010010 = 0xf40000\n";
  const Finding rmp = Once("amd.rmp.bounds", dump, &profile);
  EXPECT_EQ(rmp.outcome, Outcome::kFail);
  EXPECT_THAT(rmp.remedy, HasSubstr("SNP Memory (RMP Table) Coverage"));
  const Finding snpe = Once("amd.syscfg.snpe", dump, &profile);
  EXPECT_EQ(snpe.outcome, Outcome::kNotApplicable);
  EXPECT_THAT(snpe.message, HasSubstr("Depends on amd.rmp.bounds."));
  EXPECT_EQ(snpe.remedy, "");
  EXPECT_EQ(Once("amd.syscfg.vmple", dump, &profile).outcome, Outcome::kNotApplicable);
  // Bounds that make no sense are no reserved memory either.
  for (const char* const base : {"0x0", "0x2000000000"}) {
    const std::string senseless = AmdCpus("0xa00f11", "0x3b") + "msr 0xc0010132 = " + base +
                                  "\nmsr 0xc0010133 = 0x103fffffff\nmsr 0xc0010010 = 0xf40000\n";
    EXPECT_EQ(Once("amd.rmp.bounds", senseless, &profile).outcome, Outcome::kFail) << base;
    EXPECT_EQ(Once("amd.syscfg.snpe", senseless, &profile).outcome, Outcome::kNotApplicable)
        << base;
  }
  // Of a profile to which the table is nothing.
  profile.rules.erase("amd.rmp.bounds");
  EXPECT_EQ(Once("amd.syscfg.snpe", dump, &profile).outcome, Outcome::kFail);
}

// A failure that is accepted is one all the same.
TEST(Consequences, OfAFailureThatIsWaived) {
  Profile profile;
  for (const char* const rule : {"amd.syscfg.smee", "amd.syscfg.snpe"}) {
    profile.rules[rule].settings["expect"] = std::string("on");
  }
  const std::string off = AmdCpus("0xa00f11", "0x3b") + "msr 0xc0010010 = 0x740000\n";
  Waiver waiver;
  waiver.reason = "the lab's";
  profile.rules["amd.syscfg.smee"].waivers = {waiver};
  EXPECT_EQ(Once("amd.syscfg.smee", off, &profile).outcome, Outcome::kWaived);
  EXPECT_EQ(Once("amd.syscfg.snpe", off, &profile).outcome, Outcome::kNotApplicable);
}

// CPUs of which the same is said are one finding, whatever else they read. Bit 20
// of SYSCFG is MtrrVarDramEn.
TEST(Consequences, AreOneFindingOnCpusThatReadDifferentValues) {
  Profile profile;
  profile.rules["amd.syscfg.snpe"].settings["expect"] = std::string("on");
  EXPECT_EQ(Outcomes(JudgeDump("amd.syscfg.snpe",
                               AmdCpus("0xa00f11", "0x3b") +
                                   "cpu 0\nmsr 0xc0010010 = 0x740000\ncpu 1\nmsr 0xc0010010 = "
                                   "0x640000\n",
                               &profile)),
            "fail 0-1");
}

// SMEE is alike on none of two CPUs, which the profile does not count.
TEST(Consequences, AreNoneOfARuleThatDoesNotCount) {
  Profile profile;
  profile.rules["amd.syscfg.snpe"].settings["expect"] = std::string("on");
  const std::string dump = AmdCpus("0xa00f11", "0x3b") +
                           "cpu 0\nmsr 0xc0010010 = 0x740000\ncpu 1\nmsr 0xc0010010 = "
                           "0x1f40000\n";
  EXPECT_EQ(Outcomes(JudgeDump("amd.syscfg.smee", dump)), "fail 0-1");
  EXPECT_EQ(Outcomes(JudgeDump("amd.syscfg.snpe", dump, &profile)), "fail 0; pass 1");
}

// CPU 1 does not offer SGX, of which the failure on CPU 0 says nothing.
TEST(Consequences, AreThoseOfTheSameCpus) {
  Profile profile;
  profile.rules["intel.sgx.enabled"].settings["expect"] = std::string("on");
  profile.rules["intel.sgx.prmrr"].required = true;
  const std::string vendor =
      "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x706e5 0x0 0x7ffefbff 0xbfebfbff\n";
  const std::string readings = "msr 0x3a = 0x5\nmsr 0xfe = 0x1d0a\nmsr 0x1f5 = 0x0\n";
  const std::string dump = "cpu 0\n" + vendor + "cpuid 0x7.0x0 = 0x2 0x4 0x0 0x0\n" + readings +
                           "cpu 1\n" + vendor + "cpuid 0x7.0x0 = 0x2 0x0 0x0 0x0\n" + readings;
  EXPECT_EQ(Outcomes(JudgeDump("intel.sgx.enabled", dump, &profile)), "fail 0; not_applicable 1");
  EXPECT_EQ(Outcomes(JudgeDump("intel.sgx.prmrr", dump, &profile)), "fail 0-1");
}

// SMEE is off on CPU 0 alone, so that SNPE is off there for that, and elsewhere for
// the kernel.
TEST(Consequences, AreToldApartByCpu) {
  Profile profile;
  for (const char* const rule : {"amd.syscfg.smee", "amd.syscfg.snpe"}) {
    profile.rules[rule].settings["expect"] = std::string("on");
  }
  for (const auto& [without, with] : {std::pair("0", "1"), std::pair("1", "0")}) {
    const std::string dump = AmdCpus("0xa00f11", "0x3b") +
                             "msr 0xc0010132 = 0x58200000\nmsr 0xc0010133 = 0x689fffff\ncpu " +
                             without + "\nmsr 0xc0010010 = 0x740000\ncpu " + with +
                             "\nmsr 0xc0010010 = 0xf40000\n";
    for (const Finding& finding : JudgeDump("amd.syscfg.snpe", dump, &profile)) {
      const bool is_smee = finding.cpus.ToString() == without;
      EXPECT_EQ(finding.outcome, is_smee ? Outcome::kNotApplicable : Outcome::kFail);
      EXPECT_THAT(finding.message, is_smee ? HasSubstr("Depends on amd.syscfg.smee.")
                                           : HasSubstr("SNPE is off and should be on."));
      if (!is_smee) {
        EXPECT_THAT(finding.remedy, HasSubstr("rather the kernel"));
      }
    }
    EXPECT_EQ(JudgeDump("amd.syscfg.snpe", dump, &profile).size(), 2u);
  }
}

// What a CPU does not offer depends on no switch.
TEST(Consequences, AreNoneOfWhatACpuDoesNotOffer) {
  const std::string amd = AmdCpus("0x800f11") + "msr 0xc0010010 = 0x740000\n";
  EXPECT_EQ(Once("amd.syscfg.snpe", amd).message, "These CPUs do not offer SEV-SNP.");
  const std::string intel = IntelCpus("0x706e5") + "msr 0x3a = 0x5\nmsr 0xfe = 0x1d0a\n";
  EXPECT_EQ(Once("intel.sgx.launch_control", intel).message,
            "These CPUs do not offer SGX launch control.");
  // SGX is CPUID.7.0:EBX[2].
  const std::string off = IntelCpus("0x706e5", "0x4") + "msr 0x3a = 0x5\nmsr 0xfe = 0x1d0a\n";
  EXPECT_THAT(Once("intel.sgx.prmrr", off).message, HasSubstr("Depends on intel.sgx.enabled."));
}

// [coreboot/coreboot]: bit 6 of 0x120 on Goldmont, Goldmont Plus and Denverton, bits
// 0 and 1 of 0x151 from Cannon Lake on.
TEST(BiosDone, StandsElsewhereOnGoldmont) {
  const auto judge = [](const std::string& signature, const std::string& msr) {
    return Once("intel.bios_done", IntelCpus(signature) + "msr " + msr + '\n').outcome;
  };
  for (const char* const signature : {"0x506c9", "0x706a8", "0x506f1"}) {
    EXPECT_EQ(judge(signature, "0x120 = 0x40"), Outcome::kPass) << signature;
    EXPECT_EQ(judge(signature, "0x120 = 0xffffffbf"), Outcome::kFail) << signature;
    EXPECT_EQ(judge(signature, "0x120 ! general-protection"), Outcome::kNotApplicable) << signature;
    EXPECT_EQ(judge(signature, "0x3a = 0x5"), Outcome::kIndeterminate) << signature;
  }
  EXPECT_EQ(judge("0x806c1", "0x151 = 0x3"), Outcome::kPass);
  EXPECT_EQ(judge("0x806c1", "0x151 = 0x1"), Outcome::kWarn);
  EXPECT_EQ(judge("0x806c1", "0x151 = 0x2"), Outcome::kFail);
  EXPECT_EQ(judge("0x406e3", "0x3a = 0x5"), Outcome::kNotApplicable);
}

// [intel/sdm-vol2] CPUID: EAX[13:12] of leaf 1 is 2 on the second of two Pentiums.
TEST(CpuSignature, LeavesOutWhichOfTwoItIs) {
  const auto judge = [](const std::string& second) {
    const std::string vendor = "cpuid 0x0.0x0 = 0x1 0x756e6547 0x6c65746e 0x49656e69\n";
    return Once("uniform.cpu_signature",
                "cpu 0\n" + vendor + "cpuid 0x1.0x0 = 0x543 0x0 0x0 0x8003bf\ncpu 1\n" + vendor +
                    "cpuid 0x1.0x0 = " + second + " 0x0 0x0 0x8003bf\n");
  };
  EXPECT_EQ(judge("0x2543").outcome, Outcome::kPass);
  EXPECT_EQ(judge("0x2544").outcome, Outcome::kWarn);
}

TEST(Rules, SayWhatIsMissingWhereTheyDoNotApply) {
  for (const Rule* const rule : AllRules()) {
    EXPECT_EQ(rule->applies == nullptr, rule->otherwise.empty()) << rule->id;
    if (!rule->depends_on.empty()) {
      EXPECT_NE(FindRule(rule->depends_on), nullptr) << rule->id;
    }
  }
}

// virtualization.* have the verdict's remedy, whatever the state.
TEST(Rules, SayWhatToDo) {
  for (const Rule* const rule : AllRules()) {
    if (rule->id.starts_with("virtualization.")) continue;
    EXPECT_FALSE(rule->remedy.empty()) << rule->id;
  }
}

}  // namespace
}  // namespace vtprobe
