// What tells one machine from its twins: the one list of it.
//
// A recording leaves these out unless it is asked for them, an imported one is
// rid of them by --scrub, and no report shows them.

#ifndef VTPROBE_REGISTERS_IDENTIFIERS_H_
#define VTPROBE_REGISTERS_IDENTIFIERS_H_

#include <string_view>

#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::registers {

// PPIN of Intel and of AMD, and what else the register table marks so.
bool Identifies(MsrAddress address);
// The serial number of a Pentium III. [intel/sdm-vol2] CPUID, leaf 3
bool Identifies(CpuidLeaf leaf);
// A key of a recording's metadata: host name, serial number, UUID, asset tag,
// hardware address, whose machine it is.
bool Identifies(std::string_view key);

// The metadata without them, and without `source`: a file's name is often its
// machine's.
Metadata Scrubbed(const Metadata& metadata);
// The same of all that the snapshot holds.
PlatformSnapshot Scrubbed(const PlatformSnapshot& snapshot);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_IDENTIFIERS_H_
