// What is worth reading for which purpose. A recording is for questions that
// nobody has asked yet, a check is for one.

#ifndef VTPROBE_PROBES_SELECTIONS_H_
#define VTPROBE_PROBES_SELECTIONS_H_

#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// The CPUID leaves that say which CPU this is: vendor, model, name, topology,
// core type, hypervisor.
Selection IdentityRegisters();

// What a verdict is made from: all that the rules look at, and the identity.
Selection CheckedRegisters();

// What a recording holds besides all of CPUID: the above, and every register
// that has a definition; those that identify the machine only if asked for.
Selection RecordedRegisters(bool identifiers);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SELECTIONS_H_
