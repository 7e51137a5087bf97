// Whether what VMX offers fits together and suffices for the hypervisors of
// today. These are capabilities: firmware can't set them, but what a CPU offers
// to a guest hypervisor is another hypervisor's choice.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "common_rules.h"
#include "rules.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kVmxEptVpidCap;
using registers::kVmxProcbasedCtls2;

Opinion UnrestrictedGuestHasEpt(const CheckedCpu& cpu) {
  const AskedBits controls = cpu[kVmxProcbasedCtls2];
  if (!kVmxProcbasedCtls2["UNRESTRICTED_GUEST"].IsSet(controls)) {
    return {Outcome::kPass, "Unrestricted guests are not offered."};
  }
  if (kVmxProcbasedCtls2["ENABLE_EPT"].IsSet(controls)) return {};
  return {Outcome::kFail, "Unrestricted guests are offered without EPT, which they need."};
}

std::vector<std::string_view> Missing(const AskedBits& value, std::initializer_list<Field> fields) {
  std::vector<std::string_view> missing;
  for (const Field& field : fields) {
    if (!field.IsSet(value)) missing.push_back(field.meaning.empty() ? field.name : field.meaning);
  }
  return missing;
}

Opinion EptAndVpidSuffice(const CheckedCpu& cpu) {
  const MsrReading controls = cpu.registers().Msr(kVmxProcbasedCtls2.address);
  const AskedBits value = cpu[kVmxEptVpidCap];
  // Where the controls were not read, the capabilities show what there is.
  const bool ept = !controls || kVmxProcbasedCtls2["ENABLE_EPT"].IsSet(*controls);
  const bool vpid = !controls || kVmxProcbasedCtls2["ENABLE_VPID"].IsSet(*controls);
  std::vector<std::string_view> needed;
  std::vector<std::string_view> useful;
  if (ept) {
    needed = Missing(value, {kVmxEptVpidCap["PAGE_WALK_4"], kVmxEptVpidCap["MEMORY_TYPE_WB"]});
    useful = Missing(value, {kVmxEptVpidCap["PAGES_2M"], kVmxEptVpidCap["PAGES_1G"],
                             kVmxEptVpidCap["ACCESSED_DIRTY"]});
  }
  if (vpid) {
    for (const std::string_view name : Missing(value, {kVmxEptVpidCap["INVVPID"]})) {
      needed.push_back(name);
    }
  }
  if (!needed.empty()) {
    return {Outcome::kFail,
            fmt::format("EPT or VPID lacks what hypervisors need: {}.", fmt::join(needed, ", "))};
  }
  if (!useful.empty()) {
    return {Outcome::kWarn,
            fmt::format("EPT lacks what makes it fast: {}.", fmt::join(useful, ", "))};
  }
  return {};
}

constexpr std::string_view kRemedy =
    "In a guest, ask the hypervisor's owner for the CPU model it offers; on bare metal, this is "
    "the CPU, or a microcode update that is missing.";

}  // namespace

const Rule kIntelVmxUnrestrictedGuest{.id = "intel.vmx.unrestricted_guest",
                                      .title = "Unrestricted guests are offered only with EPT",
                                      .spec = "[intel/sdm-vol3] 24.6.2",
                                      .severity = Severity::kMedium,
                                      .remedy = kRemedy,
                                      .msrs = {&kVmxProcbasedCtls2},
                                      .in_guests = true,
                                      .check = UnrestrictedGuestHasEpt};

const Rule kIntelVmxEptVpid{.id = "intel.vmx.ept_vpid",
                            .title = "EPT and VPID offer what hypervisors use",
                            .spec = "[intel/sdm-vol3] A.10",
                            .severity = Severity::kMedium,
                            .remedy = kRemedy,
                            .msrs = {&kVmxEptVpidCap},
                            .in_guests = true,
                            .check = EptAndVpidSuffice,
                            .judge = IsSoWhereAlike<kUniformVmxCapabilities>};

}  // namespace vtprobe::rules
