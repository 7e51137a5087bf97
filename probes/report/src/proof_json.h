// A proof for programs, as vtprobe prove and vtprobe check --prove have it.

#ifndef VTPROBE_PROBES_REPORT_SRC_PROOF_JSON_H_
#define VTPROBE_PROBES_REPORT_SRC_PROOF_JSON_H_

#include "json_text.h"
#include "vtprobe/proof/proof.h"

namespace vtprobe {

OrderedJson ProofJson(const Proof& proof);

// "proven", "disproven", "not_proven", "no_hardware".
std::string_view Name(Conclusion conclusion);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_PROOF_JSON_H_
