// A proof as an answer: guests that ran, or did not, and what that says of the
// machine's hardware virtualization.

#ifndef VTPROBE_REPORT_PROOF_H_
#define VTPROBE_REPORT_PROOF_H_

#include <string>
#include <string_view>

#include "vtprobe/proof/proof.h"
#include "vtprobe/report/formats.h"

namespace vtprobe {

// What a proof does not know of itself.
struct ProofReport {
  Proof proof;
  // A hypervisor runs this system: what is proven is what it lends.
  bool is_under_hypervisor = false;
};

// A line for each group, below a sentence; quiet: the sentence alone.
std::string RenderProofText(const ProofReport& report, const RenderOptions& options);
// With `exit_code` and the conclusion: "proven", "disproven", "not_proven",
// "no_hardware".
std::string RenderProofJson(const ProofReport& report, std::string_view tool_version);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_PROOF_H_
