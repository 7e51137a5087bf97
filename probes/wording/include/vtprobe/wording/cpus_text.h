// A set of CPUs in a sentence.

#ifndef VTPROBE_WORDING_CPUS_TEXT_H_
#define VTPROBE_WORDING_CPUS_TEXT_H_

#include <string>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

// "CPU 3", "CPUs 0-7". Thread-safe: a pure function.
std::string CpusText(const CpuSet& cpus);

}  // namespace vtprobe

#endif  // VTPROBE_WORDING_CPUS_TEXT_H_
