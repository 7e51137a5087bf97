// A proof beside the registers: as a finding among the others, and in words.

#ifndef VTPROBE_PROBES_REPORT_SRC_PROOF_FINDING_H_
#define VTPROBE_PROBES_REPORT_SRC_PROOF_FINDING_H_

#include <string>
#include <vector>

#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/seen_guests.h"
#include "vtprobe/proof/proof.h"

namespace vtprobe {

// Of ProofRule(). `guests` is the same, held against the registers. One that guests fail
// counts under every profile.
Finding ProofFinding(const Proof& proof, const SeenGuests& guests);

// A clause for each group of the proof: "guests ran on CPUs 0-62 by kvm_intel",
// "CPU 63: refused: KVM_RUN ...".
std::vector<std::string> ProofClauses(const Proof& proof);

// The same in a line without reasons and counts, which are others each time:
// "kvm_intel: ran on CPUs 0-62, refused on CPU 63".
std::string ProofSummary(const Proof& proof);

// Of CPUs on which guests ran that their registers do not allow; empty if there are
// none.
std::string Contradiction(const SeenGuests& guests);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_PROOF_FINDING_H_
