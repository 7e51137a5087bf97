// Machines held against their like, register by register: each machine has a vote for
// each value that any of its CPUs gave, and, where several values are usual, for the CPUs
// that have it.

#ifndef VTPROBE_PROBES_FLEET_SRC_VOTE_H_
#define VTPROBE_PROBES_FLEET_SRC_VOTE_H_

#include <cstddef>
#include <vector>

#include "machines.h"
#include "vtprobe/fleet/findings.h"

namespace vtprobe::fleet {

// Sets outliers, of_firmware, splits and without_like.
// No more than `most` outliers, and values where none is usual, are kept; all are counted.
void Compare(const Fold& fold, const std::vector<Machines>& machines, std::size_t most,
             Findings* findings);

// The bits in which two readings differ, of those that are known of both.
std::uint64_t DifferingBits(const RegisterReading& a, const RegisterReading& b);

// Whether what is known of the one is as the other has it.
bool Agree(const RegisterReading& a, const RegisterReading& b);

}  // namespace vtprobe::fleet

#endif  // VTPROBE_PROBES_FLEET_SRC_VOTE_H_
