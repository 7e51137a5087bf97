// All CPUs read, one after the other, into a snapshot.

#ifndef VTPROBE_EFI_COLLECT_H_
#define VTPROBE_EFI_COLLECT_H_

#include "local_cpu.h"
#include "processors.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe::efi {

// Reads what `vtprobe record` reads; with `identifiers` also what tells this machine
// from its twins. CPUs that firmware has taken out of use are offline; those that it
// refuses to run anything on give kNotPinned for every register; MSRs of those on
// which a fault is not caught give kIo, and are not read. `metadata` is completed by
// which CPUs these are, and why.
PlatformSnapshot Collect(const Processors& processors, LocalCpu& cpu, bool identifiers,
                         Metadata metadata);

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_COLLECT_H_
