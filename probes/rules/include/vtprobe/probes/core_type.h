// Processors with cores of several kinds: what differs between the kinds is no
// defect, what differs within one is.

#ifndef VTPROBE_PROBES_CORE_TYPE_H_
#define VTPROBE_PROBES_CORE_TYPE_H_

#include <compare>
#include <cstdint>
#include <optional>

#include "vtprobe/hal/register_view.h"

namespace vtprobe::rules {

// CPUID.1AH:EAX on a hybrid processor, which is the core's type and its native
// model: an E-core and a low-power E-core are two. 0 on any other; absent if
// that could not be read. CPUs of an unread type are compared among themselves.
// [intel/sdm-vol2] CPUID, leaf 1AH
using CoreType = std::optional<std::uint32_t>;

CoreType CoreTypeOf(const RegisterView& cpu);

// CPUs that are meant to be the same to the last bit. Absent if what tells was
// not read.
struct Twins {
  std::uint32_t core_type = 0;
  std::uint32_t signature = 0;  // CPUID.1:EAX, where it makes a difference

  friend auto operator<=>(const Twins&, const Twins&) = default;
};

// Those of one core type.
std::optional<Twins> OfOneCoreType(const RegisterView& cpu);
// Those that are also of one family, model and stepping.
std::optional<Twins> OfOneSignature(const RegisterView& cpu);

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_CORE_TYPE_H_
