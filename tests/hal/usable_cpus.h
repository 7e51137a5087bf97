// The CPUs of this machine that a test may run on.

#ifndef VTPROBE_TESTS_HAL_USABLE_CPUS_H_
#define VTPROBE_TESTS_HAL_USABLE_CPUS_H_

#include <vector>

#include "vtprobe/hal/types.h"

namespace vtprobe {

// The calling thread's affinity, asked of glibc and not of the code under test.
std::vector<LogicalCpu> UsableCpus();

// Lets the calling thread run on every CPU that its cpuset grants, whatever an
// earlier test failed to put back.
void AllowEveryCpu();

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_USABLE_CPUS_H_
