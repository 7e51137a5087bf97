// Fields that keep settings as they are until reset. Firmware sets them, and one
// that is clear lets whatever runs later undo what firmware did.

#ifndef VTPROBE_REGISTERS_LOCKS_H_
#define VTPROBE_REGISTERS_LOCKS_H_

#include "vtprobe/registers/definition.h"

namespace vtprobe::registers {

// Whether the field of this MSR locks something when it is set. A field that says
// whether a lock exists (IA32_MTRRCAP.SMRR_LOCK) does not.
bool IsLock(const MsrDef& msr, const Field& field);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_LOCKS_H_
