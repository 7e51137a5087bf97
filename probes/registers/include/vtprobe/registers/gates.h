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
// What all CPUs of the AMD64 architecture have: AMD's from family 0FH on, and
// Hygon's. [amd/apm-vol2] chapter 3
Presence Amd64(const RegisterView& cpu);
// AMD's from family 17H on, and Hygon's, which are of their design.
Presence ZenOnwards(const RegisterView& cpu);
Presence MadeByIntel(const RegisterView& cpu);

// Whether a field of another MSR, one that says what else there is, is not 0.
// kAbsent if the CPU does not have that MSR.
Presence HasBit(const RegisterView& cpu, const MsrDef& msr, const Field& field);

Presence HasVmx(const RegisterView& cpu);
Presence HasEptOrVpid(const RegisterView& cpu);
Presence HasTme(const RegisterView& cpu);
Presence HasMiscEnable(const RegisterView& cpu);

// What IA32_MTRRCAP tells of.
Presence HasSmrr(const RegisterView& cpu);
Presence HasSmrr2(const RegisterView& cpu);
Presence HasLockableSmrr(const RegisterView& cpu);
Presence HasPrmrr(const RegisterView& cpu);
Presence HasSeamrr(const RegisterView& cpu);
Presence HasFixedMtrrs(const RegisterView& cpu);
Presence VariableMtrr(const RegisterView& cpu, unsigned number);
template <unsigned kNumber>
Presence HasVariableMtrr(const RegisterView& cpu) {
  return VariableMtrr(cpu, kNumber);
}

// Intel's models of family 6, where a register is of the model and no CPUID bit
// tells of it. A model that is in no list does not have it.
Presence IntelCoreSandyBridgeOnwards(const RegisterView& cpu);
Presence IntelSandyBridgeOrGoldmontOnwards(const RegisterView& cpu);
Presence IntelHaswellOrGoldmontOnwards(const RegisterView& cpu);
Presence IntelNehalemOrSilvermontOnwards(const RegisterView& cpu);
Presence IntelTigerLakeOnwards(const RegisterView& cpu);
Presence IntelCore2(const RegisterView& cpu);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_GATES_H_
