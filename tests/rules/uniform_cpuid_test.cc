// CPUID of CPUs that are meant to be the same: each leaf is compared, and what is a
// thread's own is not. [intel/sdm-vol2] CPUID, [amd/apm-vol3] appendix E

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "rules/judged_dump.h"

namespace vtprobe {
namespace {

using testing::HasSubstr;

constexpr const char* kCpuid = "uniform.cpuid";

std::string Block(const std::string& cpus, const std::string& readings) {
  return "cpu " + cpus + '\n' + readings;
}

// Sapphire Rapids.
constexpr const char* kXeon =
    "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
    "cpuid 0x7.0x0 = 0x2 0xf3bfbffb 0xbb417ffe 0xffdd4432\n";
std::string Leaf1(const std::string& ebx, const std::string& ecx) {
  return "cpuid 0x1.0x0 = 0x806f8 " + ebx + ' ' + ecx + " 0xbfebfbff\n";
}
std::string Xeons(const std::string& odd) {
  return Block("0-7", kXeon) + Block("0-6", Leaf1("0x800", "0x7ffefbff")) + Block("7", odd);
}

TEST(UniformCpuid, LeavesOutWhatIsAThreadsOwn) {
  // APIC ID 7, and CR4.OSXSAVE clear.
  EXPECT_EQ(Outcomes(JudgeDump(kCpuid, Xeons(Leaf1("0x7000800", "0x77fefbff")))), "pass 0-7");
  EXPECT_EQ(Outcomes(JudgeDump(kCpuid, Xeons(Leaf1("0x900", "0x7ffefbff")))), "fail 7");
}

TEST(UniformCpuid, NamesTheBitThatOneCpuLacks) {
  const auto findings = JudgeDump(kCpuid, Xeons(Leaf1("0x800", "0x7ffefbf7")));
  EXPECT_EQ(Outcomes(findings), "fail 7");
  EXPECT_THAT(findings[0].message,
              HasSubstr("CPUID.01H:ECX.MONITOR differs: 0x0 on 7, 0x1 on 0-6"));
}

// Where a switch is off on one CPU, its own rule says so. [intel/sdm-vol4] table
// 2-2: IA32_MISC_ENABLE[18] hides MONITOR.
TEST(UniformCpuid, IsNotASecondFailureOfASwitch) {
  const std::string machine = Xeons(Leaf1("0x800", "0x7ffefbf7")) +
                              Block("0-6", "msr 0x1a0 = 0x850089\n") +
                              Block("7", "msr 0x1a0 = 0x810089\n");
  EXPECT_EQ(Outcomes(JudgeDump(kCpuid, machine)), "pass 0-7");
  EXPECT_EQ(Outcomes(JudgeDump("uniform.ia32_misc_enable", machine)), "fail 7");
}

TEST(UniformCpuid, ComparesLeavesThatNobodyKnows) {
  const std::string same = Block("0-7", std::string(kXeon) + Leaf1("0x800", "0x7ffefbff"));
  const auto findings =
      JudgeDump(kCpuid, same + Block("0-6", "cpuid 0x3f.0x2 = 0x0 0x1 0x0 0x0\n") +
                            Block("7", "cpuid 0x3f.0x2 = 0x0 0x3 0x0 0x0\n"));
  EXPECT_EQ(Outcomes(findings), "fail 7");
  EXPECT_THAT(findings[0].message, HasSubstr("CPUID.(3FH,2):EBX in bits 0x2 differs"));
}

TEST(UniformCpuid, SaysNothingOfWhatWasNotRead) {
  const std::string some = Block("0-6", std::string(kXeon) + Leaf1("0x800", "0x7ffefbff"));
  EXPECT_EQ(Outcomes(JudgeDump(kCpuid, some + Block("7", "msr 0x10a = 0x0\n"))),
            "pass 0-6; indeterminate 7");
  EXPECT_EQ(Outcomes(JudgeDump(kCpuid, some + Block("7", "cpuid 0x1.0x0 ! io\n"))),
            "pass 0-6; indeterminate 7; indeterminate 7");
}

// Arrow Lake-U: two P-cores, four E-cores, and two low-power ones with the leaf 1AH
// of these, which share no last cache.
TEST(UniformCpuid, ComparesCoresOfOneSort) {
  const std::string hybrid =
      "cpuid 0x0.0x0 = 0x23 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0xb0650 0x800 0x7ffafbff 0xbfebfbff\n"
      "cpuid 0x7.0x0 = 0x2 0x239ca7eb 0x98c027ac 0xfc18c410\n";
  const std::string shared = "cpuid 0x4.0x3 = 0xfc1fc163 0x2c0003f 0x7fff 0x4\n";
  const std::string machine =
      Block("0-7", hybrid) +
      Block("0-1",
            "cpuid 0x1a.0x0 = 0x40000002 0x0 0x0 0x0\ncpuid 0x4.0x1 = 0x121 0x1c0003f 0x3f "
            "0x0\n" +
                shared) +
      Block("2-5",
            "cpuid 0x1a.0x0 = 0x20000002 0x0 0x0 0x0\ncpuid 0x4.0x1 = 0x121 0x1c0003f 0x7f "
            "0x0\n" +
                shared) +
      Block("6-7",
            "cpuid 0x1a.0x0 = 0x20000002 0x0 0x0 0x0\ncpuid 0x4.0x1 = 0x121 0x1c0003f 0x7f "
            "0x1\n");
  EXPECT_EQ(Outcomes(JudgeDump(kCpuid, machine)), "pass 0-7");
  EXPECT_EQ(
      Outcomes(JudgeDump(kCpuid, machine + Block("2-4", "cpuid 0x14.0x0 = 0x1 0x5f 0x7 0x0\n") +
                                     Block("5", "cpuid 0x14.0x0 = 0x1 0x1f 0x7 0x0\n"))),
      "fail 5");
}

// Granite Ridge X3D has three times the L3 on one of two dies.
TEST(UniformCpuid, AllowsOneDieMoreCache) {
  const std::string zen5 =
      "cpuid 0x0.0x0 = 0x10 0x68747541 0x444d4163 0x69746e65\n"
      "cpuid 0x1.0x0 = 0xb40f40 0x800 0x7ef8320b 0x178bfbff\n";
  EXPECT_EQ(Outcomes(JudgeDump(kCpuid,
                               Block("0-7", zen5) +
                                   Block("0-3",
                                         "cpuid 0x80000006.0x0 = 0x1 0x1 0x4006140 0x6009140\n"
                                         "cpuid 0x8000001d.0x3 = 0x3c163 0x3c0003f 0x17fff 0x1\n") +
                                   Block("4-7",
                                         "cpuid 0x80000006.0x0 = 0x1 0x1 0x4006140 0x2009140\n"
                                         "cpuid 0x8000001d.0x3 = 0x3c163 0x3c0003f 0x7fff 0x1\n"))),
            "pass 0-7");
}

}  // namespace
}  // namespace vtprobe
