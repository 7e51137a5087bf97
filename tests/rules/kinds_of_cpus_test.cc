// Machines whose CPUs are of several kinds, in whatever order: each is judged by
// what its own kind says, also where CPUs of several kinds read the same.

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {
namespace {

std::vector<Finding> Judge(std::string_view rule, const std::string& dump) {
  const auto machine = ParseDump("vtprobe-dump 1\n" + dump);
  if (!machine) throw std::logic_error(machine.error().message);
  const VirtualizationVerdict verdict = JudgeVirtualization(*machine);
  return JudgeRule(*FindRule(rule), {*machine, verdict});
}

constexpr std::string_view kGenuineIntel =
    "cpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n";

// A block of a dump: CPUs with VMX of that signature (leaf 1, EAX).
std::string Cpus(std::string_view list, std::string_view signature) {
  return "cpu " + std::string(list) + '\n' + std::string(kGenuineIntel) +
         "cpuid 0x1.0x0 = " + std::string(signature) + " 0x0 0x7ffefbff 0xbfebfbff\n";
}

// The same of an Alder Lake, whose cores have a type: leaf 7, EDX[15] is HYBRID,
// and leaf 1AH, EAX[31:24] the type. [intel/sdm-vol2] CPUID
std::string HybridCpus(std::string_view list, std::string_view leaf_1a_eax) {
  return Cpus(list, "0x90672") +
         "cpuid 0x7.0x0 = 0x0 0x0 0x0 0x8000\ncpuid 0x1a.0x0 = " + std::string(leaf_1a_eax) +
         " 0x0 0x0 0x0\n";
}

// [intel/sdm-vol2] CPUID, leaf 1AH: 20H is an Atom, 40H a Core.
constexpr std::string_view kAtom = "0x20000001";
constexpr std::string_view kCore = "0x40000001";

TEST(KindsOfCpus, AreComparedAmongThemselves) {
  const auto findings =
      Judge("uniform.ia32_misc_enable", HybridCpus("0,2,4", kCore) + "msr 0x1a0 = 0x850089\n" +
                                            HybridCpus("1,3", kAtom) + "msr 0x1a0 = 0x850088\n" +
                                            HybridCpus("5", kAtom) + "msr 0x1a0 = 0x850089\n");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].outcome, Outcome::kFail);
  EXPECT_EQ(findings[0].cpus.ToString(), "5");
  EXPECT_NE(findings[0].message.find(": 0x850088 on 1,3, 0x850089 on 5."), std::string::npos)
      << findings[0].message;
}

// Bit 3 is SMRR on a Core 2 (family 6 model 0xf) and reserved on a Skylake.
// [intel/sdm-vol4] tables 2-2 and 2-3
TEST(KindsOfCpus, ShareAValueThatMeansSomethingElseOnEach) {
  constexpr std::string_view kValue = "msr 0x3a = 0xd\n";
  const auto findings =
      Judge("intel.feature_control.reserved", Cpus("0-1,4", "0x6fb") + std::string(kValue) +
                                                  Cpus("2-3,5-7", "0x506e3") + std::string(kValue));
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].outcome, Outcome::kPass);
  EXPECT_EQ(findings[0].cpus.ToString(), "0-1,4");
  EXPECT_EQ(findings[1].outcome, Outcome::kFail);
  EXPECT_EQ(findings[1].cpus.ToString(), "2-3,5-7");
}

TEST(KindsOfCpus, AreOneFindingWhereTheSameIsToBeSaid) {
  std::string dump;
  for (const char* const list : {"0", "1-2", "3", "4"}) {
    // Leaf 7, EBX, in which each has something else.
    dump += Cpus(list, "0x506e3") + "cpuid 0x7.0x0 = 0x0 0x1" + list[0] + " 0x0 0x0\n";
    dump += std::string("msr 0x3a = 0x") + (list[0] == '3' ? "80000005\n" : "5\n");
  }
  const auto reserved = Judge("intel.feature_control.reserved", dump);
  ASSERT_EQ(reserved.size(), 2u);
  EXPECT_EQ(reserved[0].cpus.ToString(), "0-2,4");
  EXPECT_EQ(reserved[1].cpus.ToString(), "3");
  const auto identity = Judge("cpu.identity.known", dump);
  ASSERT_EQ(identity.size(), 1u);
  EXPECT_EQ(identity[0].cpus.ToString(), "0-4");
}

}  // namespace
}  // namespace vtprobe
