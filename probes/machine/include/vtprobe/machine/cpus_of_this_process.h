// Where this process may run, on a machine of any architecture. Thread-safety: a pure
// function of the machine.

#ifndef VTPROBE_MACHINE_CPUS_OF_THIS_PROCESS_H_
#define VTPROBE_MACHINE_CPUS_OF_THIS_PROCESS_H_

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

// The CPUs that this thread may run on; none where the kernel does not say.
CpuSet CpusOfThisProcess();

}  // namespace vtprobe

#endif  // VTPROBE_MACHINE_CPUS_OF_THIS_PROCESS_H_
