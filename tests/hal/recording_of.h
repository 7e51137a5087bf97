// Recordings that hold what a contract suite asks for.

#ifndef VTPROBE_TESTS_HAL_RECORDING_OF_H_
#define VTPROBE_TESTS_HAL_RECORDING_OF_H_

#include "vtprobe/fixtures/backend_contract.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

PlatformSnapshot RecordingOf(const fixtures::KnownMsrs& known);
PlatformSnapshot RecordingOf(const fixtures::KnownCpuids& known);

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_HAL_RECORDING_OF_H_
