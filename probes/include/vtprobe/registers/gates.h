// When a register exists, as statements over CPUID. A register is read only if
// its gate doesn't say kAbsent, so that no tool of this project makes a CPU
// fault to find out.

#ifndef VTPROBE_REGISTERS_GATES_H_
#define VTPROBE_REGISTERS_GATES_H_

#include <initializer_list>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe::registers {

// kPresent if one of the fields is not 0; kAbsent only if all are known to be 0.
Presence AnyOf(const RegisterView& cpu, std::initializer_list<CpuidField> fields);

// kPresent if all are; kAbsent if one is.
Presence AllOf(std::initializer_list<Presence> conditions);

// The vendors whose CPUs follow Intel's registers, and AMD's.
Presence IntelCompatible(const RegisterView& cpu);  // Intel, Centaur, Zhaoxin
Presence AmdCompatible(const RegisterView& cpu);    // AMD, Hygon
Presence AnyKnownVendor(const RegisterView& cpu);
Presence MadeByIntel(const RegisterView& cpu);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_GATES_H_
