// Who stands out: the machines that were made to, in what was changed of them, and
// nobody else.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fleet/machines.h"
#include "vtprobe/fleet/comparable.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::fleet {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr std::string_view kOn = "msr 0x3a = 0x5\n";

std::vector<std::string> Outliers(const std::vector<PlatformSnapshot>& machines) {
  return OutliersOf(Conclude(FoldOf(machines)));
}

TEST(Outliers, AreThoseThatWerePlantedAndNoOthers) {
  std::vector<PlatformSnapshot> machines(300, Machine(kOn));
  machines[17] = Machine("msr 0x3a = 0x1\n");
  machines[42] = Parsed("vtprobe-dump 1\nmeta board = X\nmeta firmware.version = 1\ncpu 0-1,3\n" +
                        std::string(kSkylake) + "msr 0x3a = 0x5\ncpu 2\n" + std::string(kSkylake) +
                        "msr 0x3a = 0xff01\n");
  const Findings findings = Conclude(FoldOf(machines));
  EXPECT_EQ(findings.machines, 300U);
  EXPECT_THAT(OutliersOf(findings),
              UnorderedElementsAre("m17 CPUs 0-3: IA32_FEATURE_CONTROL 0x1, usually 0x5",
                                   "m42 CPUs 2: IA32_FEATURE_CONTROL 0xff01, usually 0x5"));
  for (const Outlier& outlier : findings.outliers) {
    EXPECT_EQ(outlier.with_usual, 299U) << "m42 has the usual value on its other CPUs";
    EXPECT_EQ(outlier.of, 300U);
    EXPECT_EQ(outlier.reading.differing, outlier.machines.kept().front() == "m17" ? 0x4U : 0xff04U);
  }
}

// [intel/sdm-vol2] CPUID: bit 5 of leaf 1, ECX, is VMX.
TEST(Outliers, MayBeInCpuid) {
  const auto with = [](std::string_view ecx) {
    return Parsed(
        "vtprobe-dump 1\nmeta board = X\ncpu 0-3\n"
        "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
        "cpuid 0x1.0x0 = 0x506e3 0x100800 " +
        std::string(ecx) + " 0xbfebfbff\n");
  };
  EXPECT_THAT(Outliers({with("0x7ffafbff"), with("0x7ffafbff"), with("0x7ffafbdf")}),
              ElementsAre(HasSubstr("m2 CPUs 0-3: CPUID.01H:ECX")));
}

// A thread's APIC id stands in bits 31 to 24 of leaf 1, EBX, and what CR4 says in bit 27
// of ECX (OSXSAVE).
TEST(Outliers, AreNotThoseWhoseCpusAreNumberedOtherwise) {
  const auto with = [](std::string_view ebx, std::string_view ecx) {
    return Parsed(
        "vtprobe-dump 1\nmeta board = X\ncpu 0\n"
        "cpuid 0x0.0x0 = 0x16 0x756e6547 0x6c65746e 0x49656e69\n"
        "cpuid 0x1.0x0 = 0x506e3 " +
        std::string(ebx) + ' ' + std::string(ecx) + " 0xbfebfbff\n");
  };
  EXPECT_THAT(Outliers({with("0x100800", "0x7ffafbff"), with("0x2100800", "0x7ffafbff"),
                        with("0x4100800", "0x77fafbff")}),
              IsEmpty());
}

class DiffersByNature : public testing::TestWithParam<std::string_view> {};

// Each value is a machine's own: addresses that follow the size of memory, serial
// numbers, counters.
TEST_P(DiffersByNature, AndStandsNotOut) {
  std::vector<PlatformSnapshot> machines;
  for (const std::string_view value : {"0x80000000000", "0x80000000000", "0x90000000000"}) {
    machines.push_back(Machine(std::string(kOn) + "msr " + std::string(GetParam()) + " = " +
                               std::string(value) + '\n'));
  }
  const Findings findings = Conclude(FoldOf(machines));
  EXPECT_THAT(OutliersOf(findings), IsEmpty());
  EXPECT_THAT(findings.splits, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Registers, DiffersByNature,
                         testing::Values("0x4f",        // PPIN
                                         "0xc00102f1",  // AMD_PPIN
                                         "0x10",        // TSC
                                         "0x34",        // MSR_SMI_COUNT
                                         "0x1f2",       // IA32_SMRR_PHYSBASE
                                         "0x200",       // IA32_MTRR_PHYSBASE0
                                         "0x201",       // IA32_MTRR_PHYSMASK0
                                         "0x2a0",       // MSR_PRMRR_BASE_0
                                         "0x2a7",       // MSR_PRMRR_BASE_7
                                         "0x2f4",       // MSR_UNCORE_PRMRR_PHYS_BASE
                                         "0x401",       // IA32_MC0_STATUS
                                         "0xc001001a",  // TOP_MEM
                                         "0xc001001d",  // TOP_MEM2
                                         "0xc0010111",  // SMM_BASE
                                         "0xc0010112",  // SMM_ADDR
                                         "0xc0010132",  // RMP_BASE
                                         "0xc0010133"   // RMP_END
                                         ));

// [intel/sdm-vol3] 32.15.5: MSEG_BASE is bits 31 to 12, VALID is bit 0.
TEST(Outliers, AreNotInWhereTheMonitorOfSmmLies) {
  EXPECT_THAT(Outliers({Machine("msr 0x9b = 0x70000001\n"), Machine("msr 0x9b = 0x70000001\n"),
                        Machine("msr 0x9b = 0x60000001\n"), Machine("msr 0x9b = 0x70000000\n")}),
              ElementsAre("m3 CPUs 0-3: IA32_SMM_MONITOR_CTL 0x0, usually 0x1"));
}

TEST(Outliers, AreNamedBesideWhatIsLeftOut) {
  // The type of SMM's memory is set alike wherever it lies; and so is that it is locked.
  const auto with = [](std::string_view base, std::string_view mask) {
    return Machine("msr 0x1f2 = " + std::string(base) + "\nmsr 0x1f3 = " + std::string(mask) +
                   '\n');
  };
  const std::vector<PlatformSnapshot> machines = {
      with("0x7b000006", "0xff800c00"), with("0x6b000006", "0xff800c00"),
      with("0x5b000000", "0xff800c00"), with("0x4b000006", "0xff800800")};
  const Findings findings = Conclude(FoldOf(machines));
  EXPECT_THAT(OutliersOf(findings),
              ElementsAre("m2 CPUs 0-3: IA32_SMRR_PHYSBASE 0x0, usually 0x6",
                          "m3 CPUs 0-3: IA32_SMRR_PHYSMASK 0xff800800, usually 0xff800c00"));
  EXPECT_THAT(findings.left_out,
              ElementsAre(AllOf(Field(&ByNature::name, "IA32_SMRR_PHYSBASE.PHYSBASE"),
                                Field(&ByNature::spec, HasSubstr("[intel/sdm-vol3]")))));
}

// A rule of its own judges VM_CR's switch on one machine, so that uniform.vm_cr leaves it
// out; between machines it is the first thing to look at. Bits that no manual names are
// left out by both.
TEST(Outliers, HaveBitsThatAnotherRuleJudges) {
  EXPECT_THAT(
      Outliers({Machine("msr 0xc0010114 = 0x8\n"), Machine("msr 0xc0010114 = 0x8\n"),
                Machine("msr 0xc0010114 = 0x18\n"), Machine("msr 0xc0010114 = 0x80000008\n")}),
      ElementsAre("m2 CPUs 0-3: VM_CR 0x18, usually 0x8"));
}

// A system may switch it for single CPUs, so that no rule compares it; of a whole machine it
// is what firmware's setup says: IA32_MISC_ENABLE[38], TURBO_MODE_DISABLE ([intel/sdm-vol4]
// table 2-2), and HWCR[25], CPBDIS ([amd/apm-vol2] 3.2.10).
TEST(Outliers, AreMachinesWhoseTurboOrBoostIsOff) {
  EXPECT_THAT(Outliers({Machine("msr 0x1a0 = 0x850089\nmsr 0xc0010015 = 0x1000010\n"),
                        Machine("msr 0x1a0 = 0x850089\nmsr 0xc0010015 = 0x1000010\n"),
                        Machine("msr 0x1a0 = 0x4000850089\nmsr 0xc0010015 = 0x1000010\n"),
                        Machine("msr 0x1a0 = 0x850089\nmsr 0xc0010015 = 0x3000010\n")}),
              UnorderedElementsAre("m2 CPUs 0-3: IA32_MISC_ENABLE 0x4000850089, usually 0x850089",
                                   "m3 CPUs 0-3: HWCR 0x3000010, usually 0x1000010"));
}

// Whoever writes such a row says so in words; what the fold goes by stands beside them.
TEST(Outliers, HaveAllBitsThatAnotherRuleJudges) {
  Comparable comparable;
  int rows = 0;
  for (const Rule* const rule : AllRules()) {
    for (const LeftOut& left_out : rule->left_out) {
      if (left_out.reason.find("judges it") == std::string_view::npos) continue;
      ++rows;
      const std::uint64_t compared =
          comparable.BitsOf(RegisterId::Of(left_out.msr->address)).of_machines;
      EXPECT_EQ(compared & left_out.mask, left_out.mask) << left_out.msr->name;
    }
  }
  EXPECT_GE(rows, 7);
  // MSR_PKG_CST_CONFIG_CONTROL, bit 15, is CFG_LOCK. [intel/sdm-vol4] table 2-20
  EXPECT_THAT(Outliers({Machine("msr 0xe2 = 0x8402\n"), Machine("msr 0xe2 = 0x8402\n"),
                        Machine("msr 0xe2 = 0x402\n")}),
              ElementsAre("m2 CPUs 0-3: MSR_PKG_CST_CONFIG_CONTROL 0x402, usually 0x8402"));
}

TEST(Outliers, AreNoneWhereOneStandsAgainstOne) {
  const Findings findings =
      Conclude(FoldOf({Machine("msr 0x3a = 0x5\n"), Machine("msr 0x3a = 0x1\n")}));
  EXPECT_THAT(OutliersOf(findings), IsEmpty());
  ASSERT_THAT(findings.splits, SizeIs(1));
  EXPECT_EQ(findings.splits[0].of, 2U);
  ASSERT_THAT(findings.splits[0].values, SizeIs(2));
  EXPECT_THAT(findings.splits[0].values[0].machines.kept(), ElementsAre("m1"));
  EXPECT_THAT(findings.splits[0].values[1].machines.kept(), ElementsAre("m0"));
}

TEST(Outliers, AreNoneWhereExactlyHalfAgree) {
  const Findings findings =
      Conclude(FoldOf({Machine("msr 0x3a = 0x5\n"), Machine("msr 0x3a = 0x5\n"),
                       Machine("msr 0x3a = 0x1\n"), Machine("msr 0x3a = 0x0\n")}));
  EXPECT_THAT(OutliersOf(findings), IsEmpty());
  ASSERT_THAT(findings.splits, SizeIs(1));
  EXPECT_EQ(findings.splits[0].values.front().value, RegisterReading(5)) << "the most first";
}

TEST(Outliers, AreNoneOfAMachineWithoutLike) {
  const Findings findings = Conclude(
      FoldOf({Machine(kOn), Machine(kOn), Machine("msr 0x3a = 0x1\n", "meta model = y\n")}));
  EXPECT_THAT(OutliersOf(findings), SizeIs(1)) << "a key that is free makes no other kind";
  const Findings alone = Conclude(FoldOf({Machine(kOn)}));
  EXPECT_THAT(OutliersOf(alone), IsEmpty());
  EXPECT_EQ(alone.without_like, 1U);
}

TEST(Outliers, AreHeldAgainstMachinesOfTheirBoardAlone) {
  const auto of_board = [](std::string_view board, std::string_view value) {
    return Parsed("vtprobe-dump 1\nmeta board = " + std::string(board) + "\ncpu 0\n" +
                  std::string(kSkylake) + "msr 0x3a = " + std::string(value) + '\n');
  };
  EXPECT_THAT(Outliers({of_board("X", "0x5"), of_board("X", "0x5"), of_board("X", "0x5"),
                        of_board("Y", "0x1"), of_board("Y", "0x1")}),
              IsEmpty());
}

// P-cores are CPUs 0-1 and E-cores 2-3, and on the last machine a P-core is switched off,
// so that all have other numbers. [intel/sdm-vol2] CPUID: leaf 7, EDX bit 15, is HYBRID,
// and bits 31 to 24 of leaf 1AH, EAX, are 0x40 for a P-core and 0x20 for an E-core.
PlatformSnapshot Hybrid(std::string_view p_cores, std::string_view e_cores,
                        std::string_view of_last_e_core = {}) {
  const auto block = [](std::string_view cpus, std::string_view type, std::string_view value) {
    return "cpu " + std::string(cpus) + '\n' +
           "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
           "cpuid 0x1.0x0 = 0xb0671 0x100800 0x7ffafbff 0xbfebfbff\n"
           "cpuid 0x7.0x0 = 0x0 0x0 0x0 0x8000\n"
           "cpuid 0x1a.0x0 = " +
           std::string(type) + " 0x0 0x0 0x0\nmsr 0x345 = " + std::string(value) + '\n';
  };
  std::string dump = "vtprobe-dump 1\nmeta board = X\n" + block(p_cores, "0x40000001", "0x1") +
                     block(e_cores, "0x20000001", "0x2");
  if (!of_last_e_core.empty()) dump += block("9", "0x20000001", of_last_e_core);
  return Parsed(dump);
}

TEST(Outliers, AreCoresAmongThoseOfTheirType) {
  EXPECT_THAT(Outliers({Hybrid("0-1", "2-3"), Hybrid("0-1", "2-3"), Hybrid("0", "1-2")}),
              IsEmpty());
  EXPECT_THAT(Outliers({Hybrid("0-1", "2-3"), Hybrid("0-1", "2-3"), Hybrid("0-1", "2-3", "0x1")}),
              ElementsAre("m2 CPUs 9: IA32_PERF_CAPABILITIES 0x1, usually 0x2"))
      << "what is usual of a P-core is not of an E-core";
}

// Both packages of every machine differ in it, and in the same way.
TEST(Outliers, AreNotWhatDiffersWithinEveryMachine) {
  const PlatformSnapshot machine =
      Parsed("vtprobe-dump 1\nmeta board = X\ncpu 0\n" + std::string(kSkylake) +
             "msr 0x620 = 0x818\ncpu 1\n" + std::string(kSkylake) + "msr 0x620 = 0x81a\n");
  EXPECT_THAT(Outliers({machine, machine, machine}), IsEmpty());
}

// CPUs, each with what it has of MSR 0x1234.
PlatformSnapshot WithParts(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string dump = "vtprobe-dump 1\nmeta board = X\n";
  for (const auto& [cpus, value] : parts) {
    dump += "cpu " + cpus + '\n' + std::string(kSkylake) + "msr 0x1234 = " + value + '\n';
  }
  return Parsed(dump);
}

TEST(Outliers, AreUsualValuesOnCpusThatUsuallyHaveAnother) {
  const PlatformSnapshot like = WithParts({{"0-1", "0xa"}, {"2-3", "0xb"}});
  const Findings findings = Conclude(FoldOf({like, like, like, like, WithParts({{"0-3", "0xa"}}),
                                             WithParts({{"0,2", "0xa"}, {"1,3", "0xb"}})}));
  EXPECT_THAT(OutliersOf(findings), UnorderedElementsAre("m4 CPUs 2-3: MSR 0x1234 0xa, usually 0xb",
                                                         "m5 CPUs 2: MSR 0x1234 0xa, usually 0xb",
                                                         "m5 CPUs 1: MSR 0x1234 0xb, usually 0xa"));
  for (const Outlier& outlier : findings.outliers) {
    EXPECT_EQ(outlier.with_usual, 4U);
    EXPECT_EQ(outlier.of, 6U);
  }
  // Where machines agree in the values and not in who has them nobody is right.
  EXPECT_THAT(Outliers({like, WithParts({{"0,2", "0xa"}, {"1,3", "0xb"}}),
                        WithParts({{"0,3", "0xa"}, {"1-2", "0xb"}})}),
              IsEmpty());
}

// Two of its CPUs are not there; one CPU lacks a register; an offline CPU is known to be.
TEST(Outliers, AreNotMachinesThatLackCpusAndTheseAreTold) {
  const PlatformSnapshot like = WithParts({{"0-7", "0xa"}});
  const std::string lacks = "vtprobe-dump 1\nmeta board = X\ncpu 0-7\n" + std::string(kSkylake) +
                            "cpu 0-6\nmsr 0x1234 = 0xa\n";
  const std::string offline = "vtprobe-dump 1\nmeta board = X\ncpu 0-6\n" + std::string(kSkylake) +
                              "msr 0x1234 = 0xa\ncpu 7 offline\n";
  const Findings findings = Conclude(FoldOf(
      {like, like, like, like, WithParts({{"0-5", "0xa"}}), Parsed(lacks), Parsed(offline)}));
  EXPECT_THAT(OutliersOf(findings), IsEmpty());
  std::vector<std::string> unread;
  for (const Unread& one : findings.unread) unread.push_back(one.machine + ": " + one.why);
  EXPECT_THAT(unread,
              ElementsAre("m4: CPUs 6-7 are not recorded, as most of its like have them",
                          "m5: not recorded on CPU 7, as most of its like have it: MSR 0x1234",
                          "m6: CPU 7 is offline"));
  EXPECT_EQ(findings.unread_count, 3U);
}

// Two have threads on that the others have off, one has a CPU of its own.
TEST(Outliers, AreNotMachinesWithMoreCpusAndTheseAreTold) {
  const PlatformSnapshot like = WithParts({{"0-3", "0xa"}});
  const PlatformSnapshot lacks = WithParts({{"0-2", "0xa"}});
  const PlatformSnapshot threads = WithParts({{"0-7", "0xa"}});
  const Findings findings = Conclude(FoldOf(
      {like, like, like, threads, like, lacks, threads, like, WithParts({{"1-3,9", "0xa"}})}));
  EXPECT_THAT(OutliersOf(findings), IsEmpty());
  ASSERT_EQ(findings.more_cpus.size(), 2U);
  const MoreCpus& more = findings.more_cpus[0];
  EXPECT_EQ(more.cpus, CpuSet({{4, 7}}));
  EXPECT_EQ(more.usual, CpuSet({{0, 3}}));
  EXPECT_EQ(more.with_usual, 5U);
  EXPECT_EQ(more.of, 9U);
  EXPECT_EQ(more.kin.board, "X");
  EXPECT_THAT(more.machines.kept(), ElementsAre("m3", "m6"));
  EXPECT_EQ(findings.more_cpus[1].cpus, CpuSet({{9, 9}}));
  EXPECT_THAT(findings.more_cpus[1].machines.kept(), ElementsAre("m8"));
}

// Of one and one no count can tell which has too many; a machine of another kind is none of
// their like.
TEST(Outliers, HaveNoMoreCpusWhereNoCpusAreUsual) {
  const PlatformSnapshot small = WithParts({{"0-3", "0xa"}});
  const PlatformSnapshot large = WithParts({{"0-7", "0xa"}});
  EXPECT_THAT(Conclude(FoldOf({small, large})).more_cpus, IsEmpty());
  EXPECT_THAT(Conclude(FoldOf({small, small, large, large})).more_cpus, IsEmpty());
  const PlatformSnapshot other = Parsed("vtprobe-dump 1\nmeta board = Y\ncpu 0-7\n" +
                                        std::string(kSkylake) + "msr 0x1234 = 0xa\n");
  EXPECT_THAT(Conclude(FoldOf({small, small, small, other})).more_cpus, IsEmpty());
}

TEST(Outliers, AreNotMachinesOfWhichSomethingWasNotRead) {
  const Findings findings = Conclude(
      FoldOf({Machine(kOn), Machine(kOn), Machine(kOn), Machine("msr 0x3a ! permission-denied\n"),
              Machine("msr 0x3a = 0x5\n", {}, "cpu 4 offline\n"), Machine("")}));
  EXPECT_THAT(OutliersOf(findings), IsEmpty());
  EXPECT_THAT(findings.splits, IsEmpty());
  ASSERT_THAT(findings.unread, SizeIs(3));
  EXPECT_EQ(findings.unread[0].machine, "m3");
  EXPECT_THAT(findings.unread[0].why,
              AllOf(HasSubstr("IA32_FEATURE_CONTROL was not read on CPUs 0-3"),
                    HasSubstr("permission denied")));
  EXPECT_EQ(findings.unread[1].machine, "m4");
  EXPECT_EQ(findings.unread[1].why, "CPU 4 is offline");
  EXPECT_EQ(findings.unread[2].machine, "m5");
  EXPECT_THAT(findings.unread[2].why,
              AllOf(HasSubstr("not recorded"), HasSubstr("IA32_FEATURE_CONTROL")));
}

// [intel/sdm-vol2] RDMSR: a fault says that the CPU does not have the register.
TEST(Outliers, AreMachinesOnWhichARegisterFaults) {
  EXPECT_THAT(Outliers({Machine(kOn), Machine(kOn), Machine("msr 0x3a ! general-protection\n")}),
              ElementsAre("m2 CPUs 0-3: IA32_FEATURE_CONTROL general-protection, usually 0x5"));
}

TEST(Outliers, AreTheSameInWhateverOrder) {
  std::vector<PlatformSnapshot> machines(7, Machine(kOn));
  machines[3] = Machine("msr 0x3a = 0x1\n");
  Fold forwards({"1.0", {}, {}});
  Fold backwards({"1.0", {}, {}});
  for (std::size_t i = 0; i < machines.size(); ++i) {
    forwards.Add({"m" + std::to_string(i)}, machines[i], Usable);
    const std::size_t j = machines.size() - 1 - i;
    backwards.Add({"m" + std::to_string(j)}, machines[j], Usable);
  }
  EXPECT_EQ(forwards.ToJson(), backwards.ToJson());
}

class FirmwareOf : public testing::Test {
 protected:
  static PlatformSnapshot Of(std::string_view version, std::string_view value) {
    return Machine("msr 0x3a = " + std::string(value) + '\n',
                   "meta firmware.version = " + std::string(version) + '\n');
  }
};

TEST_F(FirmwareOf, OutliersComesFirst) {
  // Among all, 0x5 and 0x1 have four machines each: among those of one version it is plain.
  const Findings findings =
      Conclude(FoldOf({Of("1", "0x5"), Of("1", "0x5"), Of("1", "0x5"), Of("1", "0x1"),
                       Of("2", "0x1"), Of("2", "0x1"), Of("2", "0x1"), Of("2", "0x5")}));
  EXPECT_THAT(OutliersOf(findings),
              UnorderedElementsAre("m3 CPUs 0-3: IA32_FEATURE_CONTROL 0x1, usually 0x5",
                                   "m7 CPUs 0-3: IA32_FEATURE_CONTROL 0x5, usually 0x1"));
  for (const Outlier& outlier : findings.outliers) EXPECT_TRUE(outlier.within_firmware);
}

TEST_F(FirmwareOf, MachinesThatAgreeIsItsDoing) {
  const Findings findings = Conclude(
      FoldOf({Of("1", "0x5"), Of("1", "0x5"), Of("1", "0x5"), Of("2", "0x1"), Of("2", "0x1")}));
  EXPECT_THAT(OutliersOf(findings), IsEmpty());
  ASSERT_THAT(findings.of_firmware, SizeIs(1));
  EXPECT_EQ(findings.of_firmware[0].firmware, "2");
  EXPECT_EQ(findings.of_firmware[0].machines, 2U);
  EXPECT_EQ(findings.of_firmware[0].value, RegisterReading(1));
  EXPECT_EQ(findings.of_firmware[0].usual, RegisterReading(5));
}

TEST_F(FirmwareOf, OneMachineLeavesItAmongAll) {
  const Findings findings = Conclude(FoldOf({Of("1", "0x5"), Of("1", "0x5"), Of("2", "0x1")}));
  EXPECT_THAT(OutliersOf(findings),
              ElementsAre("m2 CPUs 0-3: IA32_FEATURE_CONTROL 0x1, usually 0x5"));
  EXPECT_FALSE(findings.outliers[0].within_firmware);
}

TEST(Golden, IsWhatEveryMachineIsHeldAgainst) {
  Fold fold({"1.0", {}, "golden"});
  fold.HoldAgainst(Machine("msr 0x3a = 0x1\nmsr 0x1f2 = 0x7b000006\n"));
  fold.Add({"a"}, Machine("msr 0x3a = 0x5\nmsr 0x1f2 = 0x6b000006\n"), Usable);
  fold.Add({"b"}, Machine("msr 0x3a = 0x5\nmsr 0x17 = 0x0\n"), Usable);
  fold.Add({"c"}, Machine("msr 0x3a = 0x1\n"), Usable);
  EXPECT_THAT(OutliersOf(Conclude(fold)),
              ElementsAre("a CPUs 0-3: IA32_FEATURE_CONTROL 0x5, usually 0x1",
                          "b CPUs 0-3: IA32_FEATURE_CONTROL 0x5, usually 0x1"));
}

TEST(Golden, IsWhatEachCpuIsHeldAgainst) {
  Fold fold({"1.0", {}, "golden"});
  fold.HoldAgainst(WithParts({{"0-1", "0xa"}, {"2-3", "0xb"}}));
  fold.Add({"same"}, WithParts({{"0-1", "0xa"}, {"2-3", "0xb"}}), Usable);
  fold.Add({"one"}, WithParts({{"0-3", "0xa"}}), Usable);
  fold.Add({"other"}, WithParts({{"0-1", "0xa"}, {"2-3", "0xc"}}), Usable);
  // Of CPUs that the golden machine has not, any of its values will do.
  fold.Add({"larger"}, WithParts({{"0-1", "0xa"}, {"2-4", "0xb"}, {"5", "0xc"}}), Usable);
  EXPECT_THAT(OutliersOf(Conclude(fold)),
              UnorderedElementsAre("one CPUs 2-3: MSR 0x1234 0xa, usually 0xb",
                                   "other CPUs 2-3: MSR 0x1234 0xc, usually 0xb",
                                   "larger CPUs 5: MSR 0x1234 0xc, usually 0xa"));
}

}  // namespace
}  // namespace vtprobe::fleet
