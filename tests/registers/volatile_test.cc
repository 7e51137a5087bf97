// Which bits change while nobody changes a setting: those of their register, and
// of no neighbour.

#include "vtprobe/registers/volatile.h"

#include <gtest/gtest.h>

namespace vtprobe::registers {
namespace {

TEST(Volatile, IsEachRegisterOfARangeAndNoOther) {
  // IA32_PMC0 to 7, and the performance counters of AMD.
  for (const std::uint32_t address : {0xc1u, 0xc4u, 0xc8u, 0x10u, 0xc001'0000u, 0xc001'0007u}) {
    EXPECT_TRUE(FindVolatile(MsrAddress{address})) << std::hex << address;
  }
  for (const std::uint32_t address : {0xc0u, 0xc9u, 0xfu, 0x11u, 0x3au, 0xc001'0008u}) {
    EXPECT_FALSE(FindVolatile(MsrAddress{address})) << std::hex << address;
  }
}

// NXE stays as it was set. [amd/apm-vol2] 3.1.7
TEST(Volatile, LeavesNxe) {
  const auto efer = FindVolatile(MsrAddress{0xc000'0080});
  ASSERT_TRUE(efer);
  EXPECT_EQ(efer->mask, ~std::uint64_t{0x800});
}

// [intel/sdm-vol2] CPUID: leaf 1 ECX[27] is OSXSAVE; leaf DH EBX follows XCR0, of
// subleaf 1 XCR0 and IA32_XSS.
TEST(Volatile, IsOneOutputOfALeaf) {
  const auto osxsave = FindVolatile(CpuidLeaf{0x1}, CpuidRegister::kEcx);
  ASSERT_TRUE(osxsave);
  EXPECT_EQ(osxsave->mask, 1u << 27);
  for (const std::uint32_t subleaf : {0u, 1u}) {
    const auto size = FindVolatile(CpuidLeaf{0xd, subleaf}, CpuidRegister::kEbx);
    ASSERT_TRUE(size) << subleaf;
    EXPECT_EQ(size->mask, 0xffff'ffffu) << subleaf;
    EXPECT_FALSE(FindVolatile(CpuidLeaf{0xd, subleaf}, CpuidRegister::kEcx)) << subleaf;
  }
  EXPECT_FALSE(FindVolatile(CpuidLeaf{0x1}, CpuidRegister::kEbx));
  EXPECT_FALSE(FindVolatile(CpuidLeaf{0xd, 2}, CpuidRegister::kEbx));
}

}  // namespace
}  // namespace vtprobe::registers
