// The machine that this process runs on: what it is, its registers, and guests that it
// runs. x86/ has all that; where vtprobe is built for another architecture, which has no
// such registers, each says so (elsewhere/).

#ifndef VTPROBE_TOOLS_VTPROBE_LIVE_MACHINE_H_
#define VTPROBE_TOOLS_VTPROBE_LIVE_MACHINE_H_

#include "confinement.h"
#include "failure.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/report/proof.h"

namespace vtprobe {

// What it says of itself, with its online CPUs.
OrFailure<HostContext> DescribeLiveMachine();

// Reads the host's online CPUs. When its devices are open, rights are given up.
OrFailure<PlatformSnapshot> ReadLiveMachine(const CapturePlan& plan, const HostContext& host,
                                            Confinement* confinement);

// Runs guests on each online CPU of the host, for at least so many seconds.
OrFailure<ProofReport> ProveLiveMachine(const HostContext& host, unsigned seconds);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_LIVE_MACHINE_H_
