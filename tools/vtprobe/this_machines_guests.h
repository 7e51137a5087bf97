// Guests run on this machine.

#ifndef VTPROBE_TOOLS_VTPROBE_THIS_MACHINES_GUESTS_H_
#define VTPROBE_TOOLS_VTPROBE_THIS_MACHINES_GUESTS_H_

#include "vtprobe/hal/host_context.h"
#include "vtprobe/proof/proof.h"

namespace vtprobe {

// On each online CPU of the host, for at least so many seconds.
Proof ProveThisMachine(const HostContext& host, unsigned seconds);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_THIS_MACHINES_GUESTS_H_
