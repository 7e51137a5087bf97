// Processors with cores of several kinds: what differs between the kinds is no
// defect, what differs within one is.

#ifndef VTPROBE_PROBES_RULES_SRC_CORE_TYPE_H_
#define VTPROBE_PROBES_RULES_SRC_CORE_TYPE_H_

#include <compare>
#include <cstdint>
#include <optional>

#include "vtprobe/hal/register_view.h"

namespace vtprobe::rules {

// CPUID.1AH:EAX[31:24] on a hybrid processor, 0 on any other; absent if that
// could not be read. CPUs of an unread type are compared among themselves.
using CoreType = std::optional<std::uint32_t>;

CoreType CoreTypeOf(const RegisterView& cpu);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_CORE_TYPE_H_
