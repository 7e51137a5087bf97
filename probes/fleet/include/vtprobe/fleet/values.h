// What of a recording tells its machine from others, for who keeps many.

#ifndef VTPROBE_FLEET_VALUES_H_
#define VTPROBE_FLEET_VALUES_H_

#include <string>
#include <vector>

#include "vtprobe/fleet/comparable.h"
#include "vtprobe/fleet/fold.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe::fleet {

// Of each of these, what the first CPU has that tells of it.
Kin KinOf(const PlatformSnapshot& snapshot);

// Each distinct revision: of the register, in the half in which the maker has it, or as
// the kernel says.
std::vector<std::string> MicrocodeOf(const PlatformSnapshot& snapshot);

// The CPUs of a recording that read the same of a register.
struct RegisterValue {
  RegisterId reg;
  CpuSet cpus;
  RegisterReading reading;
};

// Each register that is recorded, by register and lowest CPU, without those that change
// by themselves and those that identify the machine; bits of others that do are 0.
std::vector<RegisterValue> ValuesOf(const PlatformSnapshot& snapshot, Comparable* comparable);

// All that a machine is judged and compared by, as bytes: two with the same are
// the same but for what counts or changes by itself, and for what names them.
std::string WhatCounts(const PlatformSnapshot& snapshot, Comparable* comparable);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_FLEET_VALUES_H_
