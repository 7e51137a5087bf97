// "The same on all CPUs": what was read decides, what was not is named and makes
// no pass, and one CPU is the same as nobody.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rules/judged_dump.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;
using testing::Not;

// A block of a Sapphire Rapids, whose leaf 7 announces IA32_ARCH_CAPABILITIES.
std::string Cpus(const std::string& list, const std::string& signature = "0x806f8") {
  return "cpu " + list + "\ncpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n" +
         "cpuid 0x1.0x0 = " + signature + " 0x0 0x7ffefbff 0xbfebfbff\n" +
         "cpuid 0x7.0x0 = 0x2 0xf3bfbffb 0xbb417ffe 0xffdd4432\n";
}

// The same of a hybrid processor; leaf 1AH tells type and native model.
std::string HybridCpus(const std::string& list, const std::string& leaf_1a_eax) {
  return "cpu " + list + "\ncpuid 0x0.0x0 = 0x23 0x756e6547 0x6c65746e 0x49656e69\n" +
         "cpuid 0x1.0x0 = 0xa06a4 0x0 0x7ffafbff 0xbfebfbff\n" +
         "cpuid 0x7.0x0 = 0x2 0x239ca7eb 0x98c027ac 0xfc18c410\n" +
         "cpuid 0x1a.0x0 = " + leaf_1a_eax + " 0x0 0x0 0x0\n";
}

constexpr const char* kArch = "uniform.ia32_arch_capabilities";
constexpr const char* kMtrrs = "uniform.mtrrs";
constexpr const char* kMicrocode = "uniform.ia32_bios_sign_id";

std::string Block(const std::string& list, const std::string& readings) {
  return "cpu " + list + '\n' + readings;
}

// 0x485 differs, 0x491 is not recorded: 0x48b's bit 45 says that it is there.
TEST(Uniformity, AProvenDifferenceIsNotSilencedByWhatWasNotRead) {
  const std::string machine = Cpus("0-3") +
                              "msr 0x480 = 0xda040000000013\nmsr 0x482 = 0xfffbfffe0401e172\n"
                              "msr 0x48b = 0x755d7fff00000000\n" +
                              Block("0-2", "msr 0x485 = 0x7004c1e7\n") +
                              Block("3", "msr 0x485 = 0x3004c1e7\n");
  const auto findings = JudgeDump("uniform.vmx_capabilities", machine);
  EXPECT_EQ(Outcomes(findings), "fail 3; indeterminate 0-3");
  EXPECT_THAT(findings[0].message, HasSubstr("IA32_VMX_MISC differs"));
  for (const Finding& finding : findings) {
    EXPECT_THAT(finding.message, HasSubstr("IA32_VMX_VMFUNC"));
    EXPECT_THAT(finding.message, HasSubstr("IA32_VMX_EXIT_CTLS"));
  }
}

TEST(Uniformity, WhatWasNotReadMakesNoPass) {
  const auto findings =
      JudgeDump("uniform.vmx_capabilities", Cpus("0-3") +
                                                "msr 0x480 = 0xda040000000013\n"
                                                "msr 0x482 = 0xfffbfffe0401e172\n"
                                                "msr 0x48b = 0x755d7fff00000000\n");
  EXPECT_EQ(Outcomes(findings), "indeterminate 0-3");
  EXPECT_THAT(findings[0].message, HasSubstr("IA32_VMX_VMFUNC"));
}

TEST(Uniformity, NamesTheCpusOfWhichItIsNotKnown) {
  const auto findings = JudgeDump(kArch, Cpus("0-3") + Block("0-1", "msr 0x10a = 0xd89e46b\n") +
                                             Block("3", "msr 0x10a ! io\n"));
  EXPECT_EQ(Outcomes(findings), "pass 0-1; indeterminate 2; indeterminate 3");
  const auto different =
      JudgeDump(kArch, Cpus("0-3") + Block("0-1", "msr 0x10a = 0xd89e46b\n") +
                           Block("2", "msr 0x10a = 0xd89e46a\n") + Block("3", "msr 0x10a ! io\n"));
  EXPECT_EQ(Outcomes(different), "fail 2; indeterminate 3");
}

TEST(Uniformity, OneCpuIsComparedWithNobody) {
  const auto alone = JudgeDump(kArch, Cpus("0") + "msr 0x10a = 0xd89e46b\n");
  EXPECT_EQ(Outcomes(alone), "not_applicable 0");
  EXPECT_THAT(alone[0].message, HasSubstr("One CPU is recorded"));
  // As other programs record: the registers of the first CPU, CPUID of all.
  const auto first = JudgeDump(kArch, Cpus("0-3") + Block("0", "msr 0x10a = 0xd89e46b\n"));
  EXPECT_EQ(Outcomes(first), "indeterminate 0; indeterminate 1-3");
  EXPECT_THAT(first[0].message, HasSubstr("nothing to compare"));
  EXPECT_EQ(Outcomes(JudgeDump(kArch, Cpus("0-3") + Block("0-1", "msr 0x10a = 0xd89e46b\n"))),
            "pass 0-1; indeterminate 2-3");
}

TEST(Uniformity, ASwitchOfOneCpuIsNotTheSameOnAll) {
  constexpr const char* kTxt = "intel.txt.senter";
  EXPECT_EQ(Outcomes(JudgeDump(kTxt, Cpus("0") + "msr 0x3a = 0x5\n")), "not_applicable 0");
  EXPECT_EQ(Outcomes(JudgeDump(kTxt, Cpus("0-3") + Block("0", "msr 0x3a = 0x5\n"))),
            "indeterminate 0; indeterminate 1-3");
  EXPECT_EQ(Outcomes(JudgeDump(kTxt, Cpus("0-3") + "msr 0x3a = 0x5\n")), "pass 0-3");
  EXPECT_EQ(Outcomes(JudgeDump(kTxt, Cpus("0-3") + Block("0", "msr 0x3a = 0x5\n") +
                                         Block("1", "msr 0x3a = 0xff05\n"))),
            "fail 0-1; indeterminate 2-3");
}

TEST(Uniformity, OneCoreOfItsTypeIsTheSameAsItself) {
  const std::string machine = HybridCpus("0", "0x40000001") + "msr 0x10a = 0x1\n" +
                              HybridCpus("1-4", "0x20000001") + "msr 0x10a = 0x2\n";
  EXPECT_EQ(Outcomes(JudgeDump(kArch, machine)), "pass 0-4");
  const std::string two = HybridCpus("0", "0x40000001") + "msr 0x10a = 0x1\n" +
                          HybridCpus("1", "0x20000001") + "msr 0x10a = 0x2\n";
  EXPECT_EQ(Outcomes(JudgeDump(kArch, two)), "not_applicable 0-1");
}

// [intel/sdm-vol2] CPUID leaf 1AH: EAX[23:0] is the native model.
TEST(Uniformity, TellsCoresApartByTheirNativeModel) {
  const std::string machine = HybridCpus("0-1", "0x20000002") + "msr 0x10a = 0x1\n" +
                              HybridCpus("2-3", "0x20000003") + "msr 0x10a = 0x2\n";
  EXPECT_EQ(Outcomes(JudgeDump(kArch, machine)), "pass 0-3");
  const std::string mixed = machine + HybridCpus("4-5", "0x20000003") + "msr 0x10a = 0x1\n" +
                            HybridCpus("6", "0x20000003") + "msr 0x10a = 0x2\n";
  EXPECT_EQ(Outcomes(JudgeDump(kArch, mixed)), "fail 4-5");
}

TEST(Uniformity, APresenceIsComparedLikeAValue) {
  const std::string half = Cpus("0-7") + Block("0-5", "msr 0x10a = 0xd89e46b\n") +
                           Block("6-7", "msr 0x10a ! general-protection\n");
  const auto findings = JudgeDump(kArch, half);
  EXPECT_EQ(Outcomes(findings), "fail 6-7");
  EXPECT_THAT(findings[0].message, HasSubstr("can be read on 0-5 and faults on 6-7"));
  // A fault everywhere is a register that could not be read.
  EXPECT_EQ(Outcomes(JudgeDump(kArch, Cpus("0-7") + "msr 0x10a ! general-protection\n")),
            "indeterminate 0-7");
}

TEST(Uniformity, ARegisterThatMayBeAbsentIsSoOnEqualCpusOrNone) {
  constexpr const char* kLock = "intel.memory_lock";
  const auto half = JudgeDump(kLock, Cpus("0-127") + Block("0-63", "msr 0x2e7 = 0x1\n") +
                                         Block("64-127", "msr 0x2e7 ! general-protection\n"));
  EXPECT_EQ(Outcomes(half), "pass 0-63; fail 0-127");
  EXPECT_FALSE(half[1].remedy.empty());
  EXPECT_EQ(Outcomes(JudgeDump(kLock, Cpus("0-127") + "msr 0x2e7 ! general-protection\n")),
            "not_applicable 0-127");
  // Cores of another type may lack it.
  EXPECT_EQ(Outcomes(JudgeDump(kLock, HybridCpus("0-3", "0x40000001") + "msr 0x2e7 = 0x1\n" +
                                          HybridCpus("4-7", "0x20000001") +
                                          "msr 0x2e7 ! general-protection\n")),
            "pass 0-3; not_applicable 4-7");
}

// Revisions of different steppings count apart.
TEST(Uniformity, MicrocodeIsComparedByTheSignature) {
  const std::string mixed = Cpus("0-3", "0x206d6") + "msr 0x8b = 0x61d00000000\n" +
                            Cpus("4-7", "0x206d7") + "msr 0x8b = 0x71800000000\n";
  EXPECT_EQ(Outcomes(JudgeDump(kMicrocode, mixed)), "pass 0-7");
  const auto signatures = JudgeDump("uniform.cpu_signature", mixed);
  EXPECT_EQ(Outcomes(signatures), "warn 0-7");
  EXPECT_THAT(signatures[0].message, HasSubstr("0x206d6 on 0-3, 0x206d7 on 4-7"));
  EXPECT_EQ(
      Outcomes(JudgeDump(kMicrocode, Cpus("0-3", "0x206d6") + "msr 0x8b = 0x61d00000000\n" +
                                         Cpus("4-6", "0x206d7") + "msr 0x8b = 0x71800000000\n" +
                                         Cpus("7", "0x206d7") + "msr 0x8b = 0x71900000000\n")),
      "fail 7");
}

TEST(CpuSignature, IsTheSameOnAllOrOdd) {
  constexpr const char* kRule = "uniform.cpu_signature";
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Cpus("0-7"))), "pass 0-7");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Cpus("0"))), "not_applicable 0");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Cpus("0-6") + Cpus("7", "0x806f7"))), "warn 7");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Cpus("0") + "cpu 1\ncpuid 0x1.0x0 ! io\n")),
            "indeterminate 1; indeterminate 0");
}

// Software switches turbo by CPU: [linux] drivers/cpufreq/acpi-cpufreq.c.
TEST(LeftOut, TurboModeDisableIsNotCompared) {
  constexpr const char* kRule = "uniform.ia32_misc_enable";
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Cpus("0") + "msr 0x1a0 = 0x850089\n" + Cpus("1") +
                                          "msr 0x1a0 = 0x4000850089\n")),
            "pass 0-1");
  EXPECT_EQ(Outcomes(JudgeDump(kRule, Cpus("0-1") + "msr 0x1a0 = 0x850089\n" + Cpus("2") +
                                          "msr 0x1a0 = 0x850088\n")),
            "fail 2");
}

TEST(LeftOut, EachHasAReasonAndASource) {
  std::size_t count = 0;
  for (const Rule* const rule : AllRules()) {
    for (const LeftOut& left_out : rule->left_out) {
      ++count;
      ASSERT_NE(left_out.msr, nullptr) << rule->id;
      EXPECT_NE(left_out.mask, 0u) << rule->id;
      EXPECT_FALSE(left_out.reason.empty()) << rule->id;
      EXPECT_FALSE(left_out.spec.empty()) << rule->id;
    }
  }
  EXPECT_GT(count, 0u);
}

// What no rule compares is no machine's mark either, and a fleet leaves it out: so it has to
// be told from what another rule judges, and from turbo, which firmware setup has a switch of.
TEST(LeftOut, SaysWhatIsAMachinesMarkAllTheSame) {
  std::size_t count = 0;
  for (const Rule* const rule : AllRules()) {
    for (const LeftOut& left_out : rule->left_out) {
      const bool says_so = left_out.reason.find("judges it") != std::string_view::npos ||
                           left_out.reason.find("uniform compares") != std::string_view::npos ||
                           left_out.reason.find("switches turbo") != std::string_view::npos ||
                           left_out.reason.find("switches boost") != std::string_view::npos;
      EXPECT_EQ(left_out.marks_a_machine, says_so) << rule->id << ": " << left_out.reason;
      count += says_so ? 1 : 0;
    }
  }
  EXPECT_GT(count, 0u);
}

// What a rule of its own judges differs without a second finding.
struct Alike {
  const char* rule;
  const char* common;  // readings of all CPUs
  const char* msr;
  const char* value;  // of CPUs 0 to 2
  const char* other;  // of CPU 3
  const char* outcome;
};

class ComparedBits : public testing::TestWithParam<Alike> {};

TEST_P(ComparedBits, AreThoseOfTheRule) {
  const Alike& one = GetParam();
  const std::string msr = std::string("msr ") + one.msr + " = ";
  EXPECT_EQ(
      Outcomes(JudgeDump(one.rule, Cpus("0-3") + one.common + Block("0-2", msr + one.value + '\n') +
                                       Block("3", msr + one.other + '\n'))),
      one.outcome);
}

constexpr const char* kSmrr = "msr 0xfe = 0x4c00\nmsr 0x1f3 = 0xff000c00\n";
constexpr const char* kSmrrBase = "msr 0xfe = 0x4c00\nmsr 0x1f2 = 0x77000006\n";
constexpr const char* kSeamrrMask = "msr 0xfe = 0x8000\nmsr 0x1401 = 0x3ffffe000c00\n";
constexpr const char* kSeamrrBase = "msr 0xfe = 0x8000\nmsr 0x1400 = 0x107e000008\n";

INSTANTIATE_TEST_SUITE_P(
    Registers, ComparedBits,
    testing::Values(
        Alike{"uniform.ia32_smrr", kSmrr, "0x1f2", "0x77000006", "0x77000005", "pass 0-3"},
        Alike{"uniform.ia32_smrr", kSmrr, "0x1f2", "0x77000006", "0x76000006", "fail 3"},
        Alike{"uniform.ia32_smrr", kSmrrBase, "0x1f3", "0xff000c00", "0xff000800", "pass 0-3"},
        Alike{"uniform.ia32_smrr", kSmrrBase, "0x1f3", "0xff000c00", "0xff800c00", "fail 3"},
        Alike{"uniform.ia32_seamrr", kSeamrrMask, "0x1400", "0x107e000008", "0x107e000000",
              "pass 0-3"},
        Alike{"uniform.ia32_seamrr", kSeamrrMask, "0x1400", "0x107e000008", "0x107c000008",
              "fail 3"},
        Alike{"uniform.ia32_seamrr", kSeamrrBase, "0x1401", "0x3ffffe000c00", "0x3ffffe000800",
              "pass 0-3"},
        Alike{"uniform.ia32_seamrr", kSeamrrBase, "0x1401", "0x3ffffe000c00", "0x3ffffc000c00",
              "fail 3"},
        Alike{"uniform.ia32_mktme_keyid_partitioning", "msr 0xfe = 0x8000\n", "0x87",
              "0x400000003f", "0x3f0000003f", "fail 3"},
        Alike{"uniform.ia32_vmx_procbased_ctls2", "msr 0x482 = 0xfffbfffe0401e172\n", "0x48b",
              "0x75fffff00000000", "0x75ffffe00000000", "fail 3"},
        Alike{"uniform.ia32_efer", "", "0xc0000080", "0xd01", "0x1d01", "pass 0-3"},
        Alike{"uniform.ia32_efer", "", "0xc0000080", "0xd01", "0x501", "fail 3"}));

// MTRRs: [intel/sdm-vol3] 12.11.2. E is bit 11 of 0x2ff and FE bit 10, V bit 11
// of a mask; 0xfe says how many pairs there are.
struct Mtrr {
  const char* def_type;
  const char* mask;
  const char* msr;
  const char* outcome;
};

class Mtrrs : public testing::TestWithParam<Mtrr> {};

TEST_P(Mtrrs, AreComparedWhereTheyCount) {
  const Mtrr& one = GetParam();
  const std::string msr = std::string("msr ") + one.msr + " = ";
  std::string common = "msr 0xfe = 0x101\n";
  if (*one.def_type != '\0') common += std::string("msr 0x2ff = ") + one.def_type + '\n';
  if (*one.mask != '\0') common += std::string("msr 0x201 = ") + one.mask + '\n';
  for (const char* const fixed : {"0x250", "0x258", "0x259", "0x268", "0x269", "0x26a", "0x26b",
                                  "0x26c", "0x26d", "0x26e", "0x26f"}) {
    if (std::string(fixed) != one.msr) common += std::string("msr ") + fixed + " = 0x0\n";
  }
  if (std::string(one.msr) != "0x200") common += "msr 0x200 = 0x6\n";
  EXPECT_EQ(Outcomes(JudgeDump(kMtrrs, Cpus("0-3") + common + Block("0-2", msr + "0x6\n") +
                                           Block("3", msr + "0x5\n"))),
            one.outcome);
}

INSTANTIATE_TEST_SUITE_P(Switches, Mtrrs,
                         testing::Values(Mtrr{"0xc00", "0x3fff80000800", "0x200", "fail 3"},
                                         Mtrr{"0xc00", "0x3fff80000000", "0x200", "pass 0-3"},
                                         Mtrr{"0x400", "0x3fff80000800", "0x200", "pass 0-3"},
                                         Mtrr{"", "0x3fff80000800", "0x200",
                                              "fail 3; indeterminate 0-3"},
                                         Mtrr{"0xc00", "", "0x200", "indeterminate 0-3"},
                                         Mtrr{"0xc00", "0x3fff80000800", "0x26f", "fail 3"},
                                         Mtrr{"0x800", "0x3fff80000800", "0x26f", "pass 0-3"},
                                         Mtrr{"0x400", "0x3fff80000800", "0x26f", "pass 0-3"},
                                         Mtrr{"", "0x3fff80000800", "0x26f", "indeterminate 0-3"}));

TEST(MtrrRanges, OneThatIsOffOnSomeCpusDiffers) {
  const std::string machine = Cpus("0-3") + "msr 0xfe = 0x1\nmsr 0x2ff = 0x800\nmsr 0x200 = 0x6\n" +
                              Block("0-2", "msr 0x201 = 0x3fff80000800\n") +
                              Block("3", "msr 0x201 = 0x3fff80000000\n");
  const auto findings = JudgeDump(kMtrrs, machine);
  EXPECT_EQ(Outcomes(findings), "fail 3");
  EXPECT_THAT(findings[0].message, HasSubstr("IA32_MTRR_PHYSMASK0"));
  EXPECT_THAT(findings[0].message, Not(HasSubstr("IA32_MTRR_PHYSBASE0")));
}

// IORRs: [amd/apm-vol2] 7.9.2. V is bit 11 of a mask.
std::string AmdCpus(const std::string& list) {
  return "cpu " + list +
         "\ncpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
         "cpuid 0x1.0x0 = 0xa10f11 0x0 0x7efa320b 0x178bfbff\n";
}

TEST(Iorrs, AreComparedWhereTheyAreValid) {
  const auto judge = [](const char* mask, const char* other_base) {
    return Outcomes(JudgeDump(
        "uniform.iorrs", AmdCpus("0-3") + "msr 0xc0010016 = 0x0\nmsr 0xc0010017 = 0x0\n" +
                             "msr 0xc0010019 = " + mask + '\n' +
                             Block("0-2", "msr 0xc0010018 = 0xa0018\n") +
                             Block("3", std::string("msr 0xc0010018 = ") + other_base + '\n')));
  };
  EXPECT_EQ(judge("0xfffff800", "0xa0018"), "pass 0-3");
  EXPECT_EQ(judge("0xfffff800", "0xb0018"), "fail 3");
  EXPECT_EQ(judge("0xfffff000", "0xb0018"), "pass 0-3");
}

TEST(SvmFeatures, OneOutputThatDiffersIsNotSilencedByAnother) {
  const auto cpus = [](const std::string& list, const char* leaf_a) {
    return AmdCpus(list) +
           "cpuid 0x80000000.0x0 = 0x80000028 0x0 0x0 0x0\n"
           "cpuid 0x80000001.0x0 = 0xa10f11 0x0 0x4 0x0\ncpuid 0x8000000a.0x0 = " +
           leaf_a + '\n';
  };
  constexpr const char* kRule = "uniform.svm_features";
  const auto findings =
      JudgeDump(kRule, cpus("0-2", "0x1 0x8000 0x0 -") + cpus("3", "0x1 0x4000 0x0 -"));
  EXPECT_EQ(Outcomes(findings), "fail 3; indeterminate 0-3");
  EXPECT_THAT(findings[1].message, HasSubstr("CPUID.8000000AH:EDX"));
  EXPECT_EQ(Outcomes(JudgeDump(
                kRule, cpus("0-2", "0x1 0x8000 0x0 0x1") + cpus("3", "0x1 0x8000 0x10 0x1"))),
            "fail 3");
  EXPECT_EQ(
      Outcomes(JudgeDump(kRule, cpus("0", "0x1 0x8000 0x0 0x1") + cpus("1-2", "0x1 0x8000 0x0 -"))),
      "indeterminate 1-2; indeterminate 0");
}

}  // namespace
}  // namespace vtprobe
