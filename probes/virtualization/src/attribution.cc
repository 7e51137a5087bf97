#include "attribution.h"

#include <string_view>

#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kFeatureControl;
using registers::kVmCr;

constexpr Field kLock = kFeatureControl["LOCK"];
constexpr Field kInSmx = kFeatureControl["VMX_IN_SMX"];
constexpr Field kOutsideSmx = kFeatureControl["VMX_OUTSIDE_SMX"];
constexpr Field kSgxLaunchControl = kFeatureControl["SGX_LAUNCH_CONTROL"];
constexpr Field kSgx = kFeatureControl["SGX"];

// All that Linux ever writes. [linux] arch/x86/kernel/cpu/feat_ctl.c,
// init_ia32_feat_ctl()
constexpr std::uint64_t kWrittenByLinux =
    kLock.mask() | kInSmx.mask() | kOutsideSmx.mask() | kSgxLaunchControl.mask() | kSgx.mask();

const AttributionFinding kBeforeTheSystem{Attribution::kFirmware,
                                          "it was read before an operating system ran"};
const AttributionFinding kVirtualRegister{Attribution::kHypervisor,
                                          "a guest sees the register its hypervisor shows it"};

std::string Join(std::string_view before, std::string_view name, std::string_view after) {
  std::string text;
  text.reserve(before.size() + name.size() + after.size());
  return text.append(before).append(name).append(after);
}

}  // namespace

AttributionFinding AttributeFeatureControl(std::uint64_t value, bool guest,
                                           const Context& context) {
  if (context.stage == Stage::kPreOs) return kBeforeTheSystem;
  if (guest) return kVirtualRegister;
  if (!context.kernel) {
    return {Attribution::kUnknown, "the kernel is not recorded, and some write this register"};
  }
  const std::string& release = context.kernel_name;
  if (*context.kernel < kFirstThatLocks) {
    return {Attribution::kUnknown,
            "before Linux 5.6, KVM kept what firmware wrote and added the lock"};
  }
  if ((value & ~kWrittenByLinux) != 0) {
    return {Attribution::kFirmware, Join("it has bits set that ", release, " never sets")};
  }
  if (kSgxLaunchControl.IsSet(value) && !kSgx.IsSet(value)) {
    return {Attribution::kFirmware,
            Join("", release, " never sets SGX_LAUNCH_CONTROL without SGX")};
  }
  if (kInSmx.IsSet(value) && !kOutsideSmx.IsSet(value)) {
    return {Attribution::kFirmware,
            Join("", release, " never sets VMX_IN_SMX without VMX_OUTSIDE_SMX")};
  }
  if (kInSmx.IsSet(value) && context.measured_launch == false) {
    return {Attribution::kFirmware,
            Join("", release, " sets VMX_IN_SMX under a measured launch only")};
  }
  if (value == kLock.mask() && context.kvm_intel_built == true) {
    return {Attribution::kFirmware, Join("", release, " with KVM would have locked it enabled")};
  }
  return {Attribution::kFirmwareOrKernel,
          Join("", release,
               " locks it if firmware leaves it unlocked, and could have written this value")};
}

AttributionFinding AttributeVmCr(std::uint64_t value, std::optional<bool> guest,
                                 const Context& context) {
  if (context.stage == Stage::kPreOs) return kBeforeTheSystem;
  if (guest == true) return kVirtualRegister;
  if (!guest) return {Attribution::kUnknown, "whether this is a guest is not recorded"};
  if (kVmCr["SVMDIS"].IsSet(value) || kVmCr["LOCK"].IsSet(value)) {
    return {Attribution::kFirmware, "Linux never sets SVMDIS or LOCK"};
  }
  return {Attribution::kUnknown, "the register reads as after reset"};
}

Attribution Combine(Attribution a, Attribution b) {
  if (a == b) return a;
  const auto of_this_machine = [](Attribution who) {
    return who == Attribution::kFirmware || who == Attribution::kKernel ||
           who == Attribution::kFirmwareOrKernel;
  };
  return of_this_machine(a) && of_this_machine(b) ? Attribution::kFirmwareOrKernel
                                                  : Attribution::kUnknown;
}

}  // namespace vtprobe
