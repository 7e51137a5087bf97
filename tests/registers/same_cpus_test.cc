// CPUs of two recordings of one machine, by their APIC ids.
//
// [intel/sdm-vol2] CPUID: leaf 1's EBX[31:24] is the initial APIC id.

#include "vtprobe/registers/same_cpus.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>

#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

using registers::NumberedLike;

struct Cpu {
  std::uint32_t number;
  std::string apic_id;  // in hexadecimal; empty: was not read
  std::string msr;
};

PlatformSnapshot Machine(std::initializer_list<Cpu> cpus, const std::string& more = "") {
  std::string text = "vtprobe-dump 1\nmeta stage = pre-os\n";
  for (const Cpu& cpu : cpus) {
    text += "cpu " + std::to_string(cpu.number) + "\nmsr 0x3a = " + cpu.msr + "\n";
    text += "cpuid 0x0.0x0 = 0x1 0x756e6547 0x6c65746e 0x49656e69\n";
    if (!cpu.apic_id.empty()) {
      text += "cpuid 0x1.0x0 = 0x506e3 0x" + cpu.apic_id + "000800 0x20 0x0\n";
    }
  }
  return ParseDump(text + more).value();
}

TEST(SameCpus, HaveTheNumbersOfTheOther) {
  const PlatformSnapshot pre_os = Machine({{0, "0", "0x0"}, {1, "1", "0x5"}, {2, "4", "0x1"}});
  const PlatformSnapshot os = Machine({{0, "0", "0x7"}, {1, "4", "0x7"}, {2, "1", "0x7"}});
  EXPECT_EQ(NumberedLike(pre_os, os), Machine({{0, "0", "0x0"}, {1, "4", "0x1"}, {2, "1", "0x5"}}));
}

// Guests ran on CPUs, whatever these are called.
TEST(SameCpus, KeepTheirGuests) {
  PlatformSnapshot before = Machine({{0, "0", "0x0"}, {1, "1", "0x5"}, {2, "4", "0x1"}});
  before.mutable_metadata().Set(meta::kProof,
                                "kvm_intel; 0-1 ran 4; 2-3 refused 2 of 2: KVM_RUN; slowest 1 5");
  const PlatformSnapshot os = Machine({{0, "0", "0x7"}, {1, "4", "0x7"}, {2, "1", "0x7"}});
  const auto numbered = NumberedLike(before, os);
  ASSERT_TRUE(numbered);
  EXPECT_EQ(numbered->metadata().Get(meta::kProof),
            "kvm_intel; 0,2 ran 4; 1 refused 2 of 2: KVM_RUN; slowest 2 5");
}

TEST(SameCpus, ThatAreNumberedAlikeStayAsTheyAre) {
  const PlatformSnapshot pre_os = Machine({{0, "0", "0x0"}, {1, "1", "0x5"}});
  EXPECT_FALSE(NumberedLike(pre_os, Machine({{0, "0", "0x7"}, {1, "1", "0x7"}})));
  EXPECT_FALSE(NumberedLike(pre_os, Machine({{1, "1", "0x7"}})));
}

TEST(SameCpus, AreThoseThatBothHave) {
  const PlatformSnapshot pre_os =
      Machine({{0, "0", "0x0"}, {1, "1", "0x1"}, {2, "2", "0x2"}, {3, "3", "0x3"}});
  // CPU 1 was not started, so that the others moved up.
  const PlatformSnapshot os = Machine({{0, "0", "0x7"}, {1, "2", "0x7"}, {2, "3", "0x7"}});
  EXPECT_EQ(NumberedLike(pre_os, os),
            Machine({{0, "0", "0x0"}, {1, "2", "0x2"}, {2, "3", "0x3"}, {4, "1", "0x1"}}))
      << "the number of another's CPU is nobody else's";
}

TEST(SameCpus, DoNotTakeTheNumberOfOneOfWhichNoIdWasRead) {
  const PlatformSnapshot pre_os =
      Machine({{0, "1", "0x1"}, {1, "", "0x9"}, {5, "", "0x8"}}, "cpu 6 offline\n");
  const PlatformSnapshot os = Machine({{0, "0", "0x7"}, {1, "1", "0x7"}});
  EXPECT_EQ(NumberedLike(pre_os, os),
            Machine({{1, "1", "0x1"}, {5, "", "0x8"}, {7, "", "0x9"}}, "cpu 6 offline\n"));
}

TEST(SameCpus, AreNotToldWhereIdsSayNothing) {
  const PlatformSnapshot os = Machine({{0, "1", "0x7"}, {1, "0", "0x7"}});
  EXPECT_FALSE(NumberedLike(Machine({{0, "0", "0x0"}, {1, "0", "0x0"}}), os)) << "two have one";
  EXPECT_FALSE(NumberedLike(Machine({{0, "", "0x0"}, {1, "", "0x0"}}), os)) << "none was read";
  EXPECT_FALSE(NumberedLike(Machine({{0, "0", "0x0"}, {1, "8", "0x0"}}), os))
      << "each has one that the other lacks: it was the ids that changed";
}

}  // namespace
}  // namespace vtprobe
