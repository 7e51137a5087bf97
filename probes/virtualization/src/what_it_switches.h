// What the value of a switch says by itself.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_WHAT_IT_SWITCHES_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_WHAT_IT_SWITCHES_H_

#include <string>
#include <string_view>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe {

// Appends the condition and "VT-x off and locked until the next reset.", of
// IA32_FEATURE_CONTROL or VM_CR on a CPU that offers what it switches. Nothing
// where what is known of the register does not say.
void AppendSwitchInWords(std::string_view condition, const MsrDef& msr,
                         const RegisterReading& value, std::string* text);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_WHAT_IT_SWITCHES_H_
