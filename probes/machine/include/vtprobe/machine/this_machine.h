// The machine that this process runs on, as a snapshot. Thread-safety: pure functions of
// the machine; ReadThisMachine() may raise the process's limit of open files.

#ifndef VTPROBE_MACHINE_THIS_MACHINE_H_
#define VTPROBE_MACHINE_THIS_MACHINE_H_

#include <functional>

#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/machine/cpus_of_this_process.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {

// What the host says of itself. If it does not say which CPUs are online, they
// are those on which this process may run.
HostContext DescribeThisMachine();

// Reads the host's online CPUs with the instruction and the driver that this
// process may use. `devices_are_open`, if it is given, is called when nothing is left to
// be opened and nothing is read yet, so that rights may be given up: with whether they
// count at each read all the same. `and_then`, if it is given, is called with the MSRs'
// reader and what was read, to add to it. The snapshot's provenance is "live", its stage "os"
// or "guest".
PlatformSnapshot ReadThisMachine(
    const CapturePlan& plan, const HostContext& host,
    const std::function<void(bool checks_each_read)>& devices_are_open = {},
    const std::function<void(MsrReader& msrs, PlatformSnapshot* snapshot)>& and_then = {});

}  // namespace vtprobe

#endif  // VTPROBE_MACHINE_THIS_MACHINE_H_
