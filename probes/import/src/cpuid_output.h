// One output register of CPUID among the others of its answer.

#ifndef VTPROBE_PROBES_IMPORT_SRC_CPUID_OUTPUT_H_
#define VTPROBE_PROBES_IMPORT_SRC_CPUID_OUTPUT_H_

#include <cstdint>

#include "vtprobe/hal/register_view.h"

namespace vtprobe::import {

// One that is recorded already stays.
void Store(CpuidRegister reg, std::uint32_t value, PartialCpuid* answer);

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_CPUID_OUTPUT_H_
