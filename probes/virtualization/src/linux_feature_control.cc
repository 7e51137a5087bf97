#include "linux_feature_control.h"

#include <array>

#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kFeatureControl;

constexpr Field kLock = kFeatureControl["LOCK"];
constexpr Field kInSmx = kFeatureControl["VMX_IN_SMX"];
constexpr Field kOutsideSmx = kFeatureControl["VMX_OUTSIDE_SMX"];
constexpr Field kSgxLaunchControl = kFeatureControl["SGX_LAUNCH_CONTROL"];
constexpr Field kSgx = kFeatureControl["SGX"];

constexpr std::uint64_t kVmxBits = kLock.mask() | kInSmx.mask() | kOutsideSmx.mask();
constexpr std::uint64_t kSgxBits = kSgxLaunchControl.mask() | kSgx.mask();

// Newest first. [linux] arch/x86/kernel/cpu/feat_ctl.c, init_ia32_feat_ctl()
constexpr std::array kRows = {
    // msr |= FEAT_CTL_SGX_ENABLED if enable_sgx_kvm || enable_sgx_driver, and
    // FEAT_CTL_SGX_LC_ENABLED with it if enable_sgx_driver, which is SGX_LC.
    LinuxWrites{{5, 13}, kVmxBits | kSgxBits, true, "[linux] v5.13, init_ia32_feat_ctl()"},
    // if (enable_sgx) msr |= FEAT_CTL_SGX_ENABLED | FEAT_CTL_SGX_LC_ENABLED
    LinuxWrites{{5, 11}, kVmxBits | kSgxBits, false, "[linux] v5.11, init_ia32_feat_ctl()"},
    // msr = FEAT_CTL_LOCKED; msr |= FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX with VMX and
    // CONFIG_KVM_INTEL, and FEAT_CTL_VMX_ENABLED_INSIDE_SMX with it under tboot.
    LinuxWrites{{5, 6}, kVmxBits, false, "[linux] v5.6, init_ia32_feat_ctl()"},
};
static_assert(kRows.back().since == kFirstThatLocks);

}  // namespace

const LinuxWrites* FindLinuxWrites(const KernelVersion& kernel) {
  for (const LinuxWrites& row : kRows) {
    if (kernel >= row.since) return &row;
  }
  return nullptr;
}

std::optional<std::string_view> WhyNotLinux(const LinuxWrites& writes, std::uint64_t value,
                                            std::optional<bool> sgx_lc, const Context& context) {
  const bool locks_vmx_on = context.kvm_intel_built == true;
  if ((value & ~(writes.bits | kSgxBits)) != 0) return "never sets some of its bits";
  if ((value & ~writes.bits) != 0) return "never sets the SGX bits, which Linux 5.11 began with";
  if (kSgxLaunchControl.IsSet(value) && !kSgx.IsSet(value)) {
    return "never sets SGX_LAUNCH_CONTROL without SGX";
  }
  if (kSgx.IsSet(value) && !kSgxLaunchControl.IsSet(value)) {
    if (!writes.sgx_alone) return "never sets SGX without SGX_LAUNCH_CONTROL";
    if (sgx_lc == true) return "sets SGX_LAUNCH_CONTROL with SGX on CPUs that have it";
  }
  if (kInSmx.IsSet(value) && !kOutsideSmx.IsSet(value)) {
    return "never sets VMX_IN_SMX without VMX_OUTSIDE_SMX";
  }
  if (kInSmx.IsSet(value) && context.measured_launch == false) {
    return "sets VMX_IN_SMX under a measured launch only";
  }
  if (kLock.IsSet(value) && !kOutsideSmx.IsSet(value) && locks_vmx_on) {
    return "with KVM would have locked it enabled";
  }
  return std::nullopt;
}

}  // namespace vtprobe
