#include "attribution.h"

#include <string_view>

#include "linux_feature_control.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe {
namespace {

using registers::kVmCr;

const AttributionFinding kBeforeTheSystem{Attribution::kFirmware,
                                          "it was read before an operating system ran"};
const AttributionFinding kMayBeOlder{
    Attribution::kUnknown,
    "it was read before an operating system ran, but a warm reset keeps this register, so that the "
    "system before may have set it; to be sure, power the machine off, record it again before a "
    "system runs, and say so in the recording (meta boot = cold)"};
const AttributionFinding kVirtualRegister{Attribution::kHypervisor,
                                          "a guest sees the register its hypervisor shows it"};

const AttributionFinding kKnownInPart{Attribution::kUnknown,
                                      "only some bits of the register are known"};

std::string Join(std::string_view a, std::string_view b, std::string_view c) {
  std::string text;
  text.reserve(a.size() + b.size() + c.size());
  return text.append(a).append(b).append(c);
}

}  // namespace

AttributionFinding AttributeFeatureControl(const RegisterReading& value, bool guest,
                                           std::optional<bool> sgx_lc, const Context& context) {
  if (context.stage == Stage::kPreOs) {
    return context.cold_boot == true ? kBeforeTheSystem : kMayBeOlder;
  }
  if (guest) return kVirtualRegister;
  if (!context.kernel) {
    return {Attribution::kUnknown, "the kernel is not recorded, and some write this register"};
  }
  const LinuxWrites* const writes = FindLinuxWrites(*context.kernel);
  if (writes == nullptr) {
    return {Attribution::kUnknown,
            "before Linux 5.6, KVM kept what firmware wrote and added the lock"};
  }
  if (!value) return kKnownInPart;
  const std::string& release = context.kernel_name;
  if (const auto why = WhyNotLinux(*writes, *value, sgx_lc, context)) {
    return {Attribution::kFirmware, Join(release, " ", *why)};
  }
  if (!registers::kFeatureControl["LOCK"].IsSet(*value)) {
    return {Attribution::kFirmwareOrKernel,
            Join("firmware left it unlocked, and ", release,
                 ", which locks it on each CPU that it starts, did not")};
  }
  return {Attribution::kFirmwareOrKernel,
          Join(release,
               " locks it if firmware leaves it unlocked, and could have written this value", "")};
}

AttributionFinding AttributeVmCr(const RegisterReading& value, std::optional<bool> guest,
                                 const Context& context) {
  // A reset clears SVMDIS and LOCK, a warm one too. [amd/apm-vol2] 15.30.1
  if (context.stage == Stage::kPreOs) return kBeforeTheSystem;
  if (guest == true) return kVirtualRegister;
  if (!guest) return {Attribution::kUnknown, "whether this is a guest is not recorded"};
  constexpr std::uint64_t kOfFirmware = kVmCr["SVMDIS"].mask() | kVmCr["LOCK"].mask();
  if ((value.known_bits() & kOfFirmware) != 0) {
    return {Attribution::kFirmware, "Linux never sets SVMDIS or LOCK"};
  }
  if (!value.Knows(kOfFirmware)) return kKnownInPart;
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
