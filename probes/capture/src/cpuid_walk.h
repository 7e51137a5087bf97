// All that CPUID answers on a CPU: every leaf that the CPU announces, every
// subleaf that the leaf announces.
//
// The rules by which leaves tell of their subleaves stand in one table, from
// [intel/sdm-vol2] CPUID and [amd/apm-vol3] appendix E. A leaf with no rule has
// one subleaf.

#ifndef VTPROBE_PROBES_CAPTURE_SRC_CPUID_WALK_H_
#define VTPROBE_PROBES_CAPTURE_SRC_CPUID_WALK_H_

#include <functional>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// Asks `ask` for each leaf once, in ascending order within a range of leaves.
// It answers nothing where the leaf can't be read. What a CPU announces beyond
// all reason is not followed: at most 256 leaves of a range and 64 subleaves of
// a leaf are asked for.
void WalkCpuid(const std::function<CpuidReading(CpuidLeaf)>& ask);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_SRC_CPUID_WALK_H_
