// Which fields are locks: each that the register table says locks something.

#include "vtprobe/registers/locks.h"

#include <gtest/gtest.h>

#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::registers {
namespace {

TEST(Locks, AreTheFieldsThatSayThatSomethingIsLockedUntilReset) {
  for (const MsrDef* const msr : AllMsrs()) {
    for (const Field& field : msr->fields) {
      if (field.meaning.find("locked until reset") == std::string_view::npos) continue;
      EXPECT_TRUE(IsLock(*msr, field)) << msr->name << '.' << field.name;
    }
  }
}

// IA32_MTRRCAP[14] says that the SMRRs have a lock. [intel/sdm-vol4] table 2-2
TEST(Locks, AreNotTheFieldsThatSayThatThereIsALock) {
  EXPECT_FALSE(IsLock(kMtrrCap, kMtrrCap["SMRR_LOCK"]));
  EXPECT_FALSE(IsLock(kFeatureControl, kFeatureControl["VMX_OUTSIDE_SMX"]));
}

// [amd/ppr-19-01] HWCR, bits 0 and 31; [amd/apm-vol2] 15.30.1, VM_CR bit 3
TEST(Locks, AreThoseOfAmdToo) {
  for (const Field& field : {kHwcr["SMMLOCK"], kHwcr["SmmBaseLock"]}) {
    EXPECT_TRUE(IsLock(kHwcr, field)) << field.name;
  }
  // Clear whenever SMM is left. [amd/ppr-19-11] MSRC001_0015[33]
  EXPECT_FALSE(IsLock(kHwcr, kHwcr["SmmPgCfgLock"]));
  EXPECT_TRUE(IsLock(kVmCr, kVmCr["LOCK"]));
}

}  // namespace
}  // namespace vtprobe::registers
