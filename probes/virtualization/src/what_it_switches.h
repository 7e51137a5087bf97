// What the value of a switch says by itself.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_WHAT_IT_SWITCHES_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_WHAT_IT_SWITCHES_H_

#include <cstdint>
#include <string_view>

#include "vtprobe/registers/definition.h"

namespace vtprobe {

// "VT-x off and locked until the next reset", of IA32_FEATURE_CONTROL or VM_CR on
// a CPU that offers what it switches.
std::string_view SwitchInWords(const MsrDef& msr, std::uint64_t value);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_WHAT_IT_SWITCHES_H_
