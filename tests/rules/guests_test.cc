// Which rules are asked of a guest, and what a hypervisor bit or the stage make
// of a machine's facts.

#include <gtest/gtest.h>

#include <string>

#include "rules/judged_dump.h"

namespace vtprobe {
namespace {

// CPUID.1:ECX[31] is the hypervisor bit.
std::string Guest(const std::string& readings) {
  return "cpu 0-1\ncpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
         "cpuid 0x1.0x0 = 0x806f8 0x0 0xfffefbff 0xbfebfbff\n"
         "cpuid 0x40000000.0x0 = 0x40000001 0x4b4d564b 0x564b4d56 0x4d\n" +
         readings;
}

constexpr const char* kControls = "msr 0x480 = 0x5000000000013\nmsr 0x482 = 0x800000000401e172\n";

// What VMX offers is the outer hypervisor's choice, and matters to the inner one.
TEST(Guests, AreAskedWhatVmxOffers) {
  const std::string controls = std::string(kControls) + "msr 0x48b = 0xaa00000000\n";
  EXPECT_EQ(Outcomes(JudgeDump("intel.vmx.unrestricted_guest", Guest(controls))), "pass 0-1");
  EXPECT_EQ(Outcomes(JudgeDump("uniform.ia32_vmx_procbased_ctls2", Guest(controls))), "pass 0-1");
  EXPECT_EQ(
      Outcomes(JudgeDump("intel.vmx.ept_vpid", Guest(controls + "msr 0x48c = 0xf0100334141\n"))),
      "pass 0-1");
  // Some of the registers are not there: 0x480 has no bit 55 and 0x48b none of
  // EPT, VPID and VM functions.
  std::string all = std::string(kControls) + "msr 0x48b = 0x0\n";
  for (const char* const msr :
       {"0x481", "0x483", "0x484", "0x485", "0x486", "0x487", "0x488", "0x489", "0x48a"}) {
    all += std::string("msr ") + msr + " = 0x1\n";
  }
  EXPECT_EQ(Outcomes(JudgeDump("uniform.vmx_capabilities", Guest(all))), "pass 0-1");
}

TEST(Guests, AreNotAskedAboutFirmware) {
  for (const char* const rule : {"uniform.mtrrs", "intel.memory_lock", "intel.smrr.locked"}) {
    EXPECT_EQ(Outcomes(JudgeDump(rule, Guest("msr 0x2e7 = 0x0\n"))), "not_applicable 0-1") << rule;
  }
}

TEST(Guests, AreToldByTheBitOrTheStage) {
  constexpr const char* kIommu = "meta iommu.units = 1\n";
  const std::string host =
      "cpu 0-1\ncpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
      "cpuid 0x1.0x0 = 0x806f8 0x0 0x7ffefbff 0xbfebfbff\n";
  EXPECT_EQ(Outcomes(JudgeDump("host.iommu", kIommu + host)), "pass 0-1");
  EXPECT_EQ(Outcomes(JudgeDump("host.iommu", "meta stage = guest\n" + (kIommu + host))),
            "not_applicable 0-1");
  EXPECT_EQ(Outcomes(JudgeDump("host.iommu", kIommu + Guest(""))), "not_applicable 0-1");
}

// A register of the model that faults on all of its CPUs is not there.
TEST(ModelRegisters, ThatFaultEverywhereAreAbsent) {
  for (const auto& [rule, msr] :
       {std::pair("intel.c_states.locked", "0xe2"), std::pair("intel.power_limit.locked", "0x610"),
        std::pair("intel.bios_done", "0x151"), std::pair("intel.memory_lock", "0x2e7")}) {
    const std::string cpus =
        "cpu 0-1\ncpuid 0x0.0x0 = 0x20 0x756e6547 0x6c65746e 0x49656e69\n"
        "cpuid 0x1.0x0 = 0x90672 0x0 0x7ffefbff 0xbfebfbff\nmsr ";
    EXPECT_EQ(Outcomes(JudgeDump(rule, cpus + msr + " ! general-protection\n")),
              "not_applicable 0-1")
        << rule;
    EXPECT_EQ(Outcomes(JudgeDump(rule, cpus + msr + " ! io\n")), "indeterminate 0-1") << rule;
  }
}

}  // namespace
}  // namespace vtprobe
