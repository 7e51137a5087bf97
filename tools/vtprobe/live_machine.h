// The machine that this process runs on: what it is, its registers, and guests that it
// runs. x86/ has all that; where vtprobe is built for another architecture, which has no
// such registers, each says so (elsewhere/).

#ifndef VTPROBE_TOOLS_VTPROBE_LIVE_MACHINE_H_
#define VTPROBE_TOOLS_VTPROBE_LIVE_MACHINE_H_

#include <optional>

#include "arguments.h"
#include "confinement.h"
#include "failure.h"
#include "vtprobe/hal/host_context.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/proof/proof.h"
#include "vtprobe/report/proof.h"

namespace vtprobe {

// What it says of itself, with its online CPUs.
OrFailure<HostContext> DescribeLiveMachine();

// Reads the host's online CPUs. When its devices are open, rights are given up. Then
// counts system-management interrupts for so many seconds, if any.
OrFailure<PlatformSnapshot> ReadLiveMachine(const CapturePlan& plan, const HostContext& host,
                                            Confinement* confinement, unsigned watch_smi);

// Runs guests on each online CPU of the host, for at least so many seconds.
OrFailure<ProofReport> ProveLiveMachine(const HostContext& host, unsigned seconds);

// With --prove, runs guests once on the CPUs that --cpus names; nothing without it. To be
// asked before the registers are read: a KVM that switches the extension on itself, as
// Linux before 5.6 did where nothing had locked it, has done so by then.
OrFailure<std::optional<Proof>> ProveIfAsked(const Arguments& arguments);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_LIVE_MACHINE_H_
