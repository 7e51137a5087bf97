// Who put the switch where it is. The tables never claim more than the
// evidence: where a kernel could have written the same value, it is named
// beside the firmware.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_ATTRIBUTION_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_ATTRIBUTION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "context.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

struct AttributionFinding {
  Attribution who = Attribution::kUnknown;
  std::string reason;  // a clause
};

// `guest`: whether the CPU is a hypervisor's; absent if that is not known.
// `sgx_lc`: CPUID.7.0:ECX[30], absent if it was not read.
AttributionFinding AttributeFeatureControl(const RegisterReading& value, bool guest,
                                           std::optional<bool> sgx_lc, const Context& context);
AttributionFinding AttributeVmCr(const RegisterReading& value, std::optional<bool> guest,
                                 const Context& context);

// One answer for groups of CPUs that may have different ones.
Attribution Combine(Attribution a, Attribution b);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_ATTRIBUTION_H_
