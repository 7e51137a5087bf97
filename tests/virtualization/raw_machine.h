// A recording in the oracle's terms, from its raw values: the second program
// beside the engine. It takes vendor, family and bits apart by itself and shares
// nothing with the registers' tables.

#ifndef VTPROBE_TESTS_VIRTUALIZATION_RAW_MACHINE_H_
#define VTPROBE_TESTS_VIRTUALIZATION_RAW_MACHINE_H_

#include <string>

#include "virtualization/oracle.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe::raw {

// What the oracle says of the recording, CPU by CPU and as a whole, and what the
// engine says otherwise: one line for each difference, none if they agree.
std::string DifferenceFromOracle(const PlatformSnapshot& snapshot, oracle::Oracle* oracle);

}  // namespace vtprobe::raw

#endif  // VTPROBE_TESTS_VIRTUALIZATION_RAW_MACHINE_H_
