// The machine that this process runs on, as a snapshot.

#ifndef VTPROBE_TOOLS_VTPROBE_THIS_MACHINE_H_
#define VTPROBE_TOOLS_VTPROBE_THIS_MACHINE_H_

#include "confinement.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/capture.h"

namespace vtprobe {

// The CPUs that this thread may run on; none where the kernel does not say.
CpuSet CpusOfThisProcess();

// What the host says of itself. If it does not say which CPUs are online, they
// are those on which this process may run.
HostContext DescribeThisMachine();

// Reads the host's online CPUs with the instruction and the driver that this
// process may use. When its devices are open, rights are given up.
// Its provenance is "live", its stage "os" or "guest".
PlatformSnapshot ReadThisMachine(const CapturePlan& plan, const HostContext& host,
                                 Confinement* confinement);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_THIS_MACHINE_H_
