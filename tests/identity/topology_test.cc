// Cores, packages and core types of machines whose topology is known: from
// their makers' data sheets, and the leaves as public recordings have them.

#include "vtprobe/probes/topology.h"

#include <gtest/gtest.h>

#include <string>

#include "vtprobe/hal/dump.h"

namespace vtprobe {
namespace {

Topology Of(const std::string& body) {
  const auto snapshot = ParseDump("vtprobe-dump 1\n" + body);
  EXPECT_TRUE(snapshot);
  return snapshot ? DescribeTopology(*snapshot) : Topology();
}

constexpr const char* kIntel = "cpuid 0x0.0x0 = 0x1b 0x756e6547 0x6c65746e 0x49656e69\n";
constexpr const char* kAmd = "cpuid 0x0.0x0 = 0xd 0x68747541 0x444d4163 0x69746e65\n";

std::string Hex(unsigned number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), "0123456789abcdef"[number % 16]);
    number /= 16;
  } while (number != 0);
  return "0x" + digits;
}

std::string WithLevels(const std::string& vendor, unsigned cpu, unsigned apic_id,
                       unsigned core_shift, unsigned package_shift) {
  return "cpu " + std::to_string(cpu) + "\n" + vendor + "cpuid 0xb.0x0 = " + Hex(core_shift) +
         " 0x2 0x100 " + Hex(apic_id) + "\ncpuid 0xb.0x1 = " + Hex(package_shift) + " 0x8 0x201 " +
         Hex(apic_id) + "\n";
}

TEST(Topology, CountsCoresAndPackagesByTheLevels) {
  std::string body;
  // Two packages of two cores of two threads: ids 0 to 3 and 16 to 19.
  for (unsigned cpu = 0; cpu < 8; ++cpu) {
    body += WithLevels(kIntel, cpu, cpu < 4 ? cpu : cpu + 12, 1, 4);
  }
  const Topology topology = Of(body);
  EXPECT_EQ(topology.packages, 2u);
  EXPECT_EQ(topology.cores, 4u);
  EXPECT_TRUE(topology.core_types.empty());
}

TEST(Topology, OfEqualApicIdsSaysNothing) {
  const Topology topology = Of(WithLevels(kIntel, 0, 0, 1, 4) + WithLevels(kIntel, 1, 0, 1, 4));
  EXPECT_EQ(topology.packages, std::nullopt);
  EXPECT_EQ(topology.cores, std::nullopt);
}

TEST(Topology, OfACpuWithoutLeavesSaysNothing) {
  const Topology topology = Of(WithLevels(kIntel, 0, 0, 1, 4) + "cpu 1\nmsr 0x3a = 0x5\n");
  EXPECT_EQ(topology.packages, std::nullopt);
  EXPECT_EQ(Of("").packages, std::nullopt);
}

// Opterons before family 17h: leaf 8000_0008 ECX is 0x3007, eight cores to a
// package, of which APIC ids take three bits.
TEST(Topology, OfOldAmdIsByTheSizeOfApicIds) {
  std::string body;
  for (unsigned cpu = 0; cpu < 16; ++cpu) {
    body += "cpu " + std::to_string(cpu) + "\n" + kAmd + "cpuid 0x1.0x0 = 0x600f12 " +
            Hex(cpu << 24 | 0x80800) + " 0x1e98220b 0x178bfbff\n" +
            "cpuid 0x80000000.0x0 = 0x8000001e 0x0 0x0 0x0\n" +
            "cpuid 0x80000008.0x0 = 0x3030 0x0 0x3007 0x0\n";
  }
  const Topology topology = Of(body);
  EXPECT_EQ(topology.packages, 2u);
  EXPECT_EQ(topology.cores, 16u);
}

// A Ryzen 5 3500U: no leaf 0BH, eight threads, of which a core has two by leaf
// 8000_001E.
TEST(Topology, OfTheFirstZenIsByTheThreadsOfACore) {
  std::string body;
  for (unsigned cpu = 0; cpu < 8; ++cpu) {
    body += "cpu " + std::to_string(cpu) + "\n" + kAmd + "cpuid 0x1.0x0 = 0x810f81 " +
            Hex(cpu << 24 | 0x80800) + " 0x7ed8320b 0x178bfbff\n" +
            "cpuid 0x80000000.0x0 = 0x8000001f 0x0 0x0 0x0\n" +
            "cpuid 0x80000008.0x0 = 0x3030 0x1007 0x3007 0x0\n" +
            "cpuid 0x8000001e.0x0 = " + Hex(cpu) + " 0x100 0x0 0x0\n";
  }
  const Topology topology = Of(body);
  EXPECT_EQ(topology.packages, 1u);
  EXPECT_EQ(topology.cores, 4u);
}

// A Core 2 Quad: leaf 1 EBX[23:16] is 4, leaf 4 EAX[31:26] is 3, no leaf 0BH.
TEST(Topology, OfOldIntelIsByTheCounts) {
  std::string body;
  for (unsigned cpu = 0; cpu < 4; ++cpu) {
    body += "cpu " + std::to_string(cpu) +
            "\ncpuid 0x0.0x0 = 0xa 0x756e6547 0x6c65746e 0x49656e69\ncpuid 0x1.0x0 = 0x1067a " +
            Hex(cpu << 24 | 0x40800) + " 0x8e3fd 0xbfebfbff\n" +
            "cpuid 0x4.0x0 = 0xc000121 0x1c0003f 0x3f 0x1\n";
  }
  const Topology topology = Of(body);
  EXPECT_EQ(topology.packages, 1u);
  EXPECT_EQ(topology.cores, 4u);
}

// A Pentium 4 with Hyper-Threading: two APIC ids, one core, leaf 4 or none.
TEST(Topology, OfHyperThreadingBeforeCoresIsOneCore) {
  std::string body;
  for (unsigned cpu = 0; cpu < 2; ++cpu) {
    body += "cpu " + std::to_string(cpu) +
            "\ncpuid 0x0.0x0 = 0x3 0x756e6547 0x6c65746e 0x49656e69\ncpuid 0x1.0x0 = 0xf29 " +
            Hex(cpu << 24 | 0x20809) + " 0x4400 0xbfebfbff\n";
  }
  const Topology topology = Of(body);
  EXPECT_EQ(topology.packages, 1u);
  EXPECT_EQ(topology.cores, 1u);
}

// [intel/sdm-vol2] CPUID: leaf 7 EDX[15] is hybrid, leaf 1AH EAX[31:24] 40H a
// Core, 20H an Atom.
TEST(Topology, NamesIntelsCoreTypes) {
  const std::string hybrid = std::string(kIntel) + "cpuid 0x7.0x0 = 0x0 0x0 0x0 0x8000\n";
  const Topology topology = Of("cpu 0-3\n" + hybrid + "cpuid 0x1a.0x0 = 0x20000001 0x0 0x0 0x0\n" +
                               "cpu 4\n" + hybrid + "cpuid 0x1a.0x0 = 0x40000001 0x0 0x0 0x0\n");
  const std::vector<CoreTypeGroup> expected = {{"efficiency", CpuSet({{0, 3}})},
                                               {"performance", CpuSet(LogicalCpu{4})}};
  EXPECT_EQ(topology.core_types, expected);
}

// [amd/apm-vol3] appendix E, Fn8000_0026: EAX[30] says that cores differ,
// EBX[31:28] is the type.
TEST(Topology, NamesAmdsCoreTypes) {
  const std::string amd = std::string(kAmd) + "cpuid 0x80000000.0x0 = 0x80000028 0x0 0x0 0x0\n";
  const Topology topology =
      Of("cpu 0-1\n" + amd + "cpuid 0x80000026.0x0 = 0x40000001 0x2 0x100 0x0\n" + "cpu 2\n" + amd +
         "cpuid 0x80000026.0x0 = 0x40000001 0x10000002 0x100 0x2\n");
  const std::vector<CoreTypeGroup> expected = {{"performance", CpuSet({{0, 1}})},
                                               {"efficiency", CpuSet(LogicalCpu{2})}};
  EXPECT_EQ(topology.core_types, expected);
}

TEST(Topology, CoresThatDoNotDifferHaveNoType) {
  EXPECT_TRUE(Of("cpu 0\n" + std::string(kIntel) + "cpuid 0x7.0x0 = 0x0 0x0 0x0 0x0\n" +
                 "cpuid 0x1a.0x0 = 0x40000001 0x0 0x0 0x0\n")
                  .core_types.empty());
  EXPECT_TRUE(Of("cpu 0\n" + std::string(kAmd) + "cpuid 0x80000000.0x0 = 0x80000028 0x0 0x0 0x0\n" +
                 "cpuid 0x80000026.0x0 = 0x1 0x2 0x100 0x0\n")
                  .core_types.empty());
}

}  // namespace
}  // namespace vtprobe
