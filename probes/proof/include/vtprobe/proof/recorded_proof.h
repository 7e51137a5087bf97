// The proof that a recording carries, in its metadata (hal/proof_record.h).

#ifndef VTPROBE_PROOF_RECORDED_PROOF_H_
#define VTPROBE_PROOF_RECORDED_PROOF_H_

#include <optional>

#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/proof/proof.h"

namespace vtprobe {

// In place of one that is there. One of no CPU is none, and leaves the metadata as they are.
void RecordProof(const Proof& proof, Metadata* metadata);

// The proof of the snapshot's online CPUs; nothing if it carries none, or none of them. Of
// CPUs that it does not name, none was asked. Thread-safe.
std::optional<Proof> RecordedProof(const PlatformSnapshot& snapshot);

}  // namespace vtprobe

#endif  // VTPROBE_PROOF_RECORDED_PROOF_H_
