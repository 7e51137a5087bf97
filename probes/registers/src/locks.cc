#include "vtprobe/registers/locks.h"

#include <algorithm>
#include <array>

#include "vtprobe/registers/msr.h"

namespace vtprobe::registers {
namespace {

struct Lock {
  MsrAddress address;
  Field field;
};

// What each locks and the source stand with the register. HWCR.SmmPgCfgLock is none of firmware's:
// it is set in SMM alone and clear outside of it. [amd/ppr-19-11] MSRC001_0015
constexpr std::array kLocks = {
    Lock{kFeatureControl.address, kFeatureControl["LOCK"]},
    Lock{kPpinCtl.address, kPpinCtl["LOCK_OUT"]},
    Lock{kPkgCstConfigControl.address, kPkgCstConfigControl["CFG_LOCK"]},
    Lock{kFeatureConfig.address, kFeatureConfig["LOCK"]},
    Lock{kFlexRatio.address, kFlexRatio["FLEX_RATIO_LOCK"]},
    Lock{kSmrrPhysMask.address, kSmrrPhysMask["LOCK"]},
    Lock{kPrmrrPhysMask.address, kPrmrrPhysMask["LOCK"]},
    Lock{kSmrr2PhysMask.address, kSmrr2PhysMask["LOCK"]},
    Lock{kLtLockMemory.address, kLtLockMemory["LT_LOCK"]},
    Lock{kUncorePrmrrPhysMask.address, kUncorePrmrrPhysMask["LOCK"]},
    Lock{kSmmFeatureControl.address, kSmmFeatureControl["LOCK"]},
    Lock{kPkgPowerLimit.address, kPkgPowerLimit["LOCK"]},
    Lock{kPp0PowerLimit.address, kPp0PowerLimit["LOCK"]},
    Lock{kPp1PowerLimit.address, kPp1PowerLimit["LOCK"]},
    Lock{kConfigTdpControl.address, kConfigTdpControl["CONFIG_TDP_LOCK"]},
    Lock{kTmeActivate.address, kTmeActivate["LOCK"]},
    Lock{kDebugInterface.address, kDebugInterface["LOCK"]},
    Lock{kSeamrrPhysMask.address, kSeamrrPhysMask["LOCK"]},
    Lock{kHwcr.address, kHwcr["SMMLOCK"]},
    Lock{kHwcr.address, kHwcr["SmmBaseLock"]},
    Lock{kVmCr.address, kVmCr["LOCK"]},
    Lock{kAmdPpinCtl.address, kAmdPpinCtl["LOCK_OUT"]},
};

}  // namespace

bool IsLock(const MsrDef& msr, const Field& field) {
  return std::any_of(kLocks.begin(), kLocks.end(), [&](const Lock& lock) {
    return lock.address == msr.address && lock.field.name == field.name;
  });
}

}  // namespace vtprobe::registers
