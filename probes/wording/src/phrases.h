// Phrases that the headline, the explanation and the remedy share.

#ifndef VTPROBE_WORDING_SRC_PHRASES_H_
#define VTPROBE_WORDING_SRC_PHRASES_H_

#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe::phrases {

// "Intel VT-x", "AMD-V (SVM)"
std::string TechnologyName(const VirtualizationVerdict& verdict);

// What a hypervisor runs here: "this guest", "this SEV-SNP guest", "Xen's dom0".
std::string ThisSystem(const VirtualizationVerdict& verdict);

// `the kernel says "VMX disabled by BIOS".`
std::string Quotation(const QuotedWords& quoted);

// The CPUs that could not be read.
CpuSet Unread(const VirtualizationVerdict& verdict);

// Whether only a part of these CPUs' switch is known, and not the part that decides.
bool IsKnownInPart(const VirtualizationGroup& group);

// A state in the plain words that follow "is" or "are".
std::string_view Plain(State state);

// "firmware", "the hypervisor"
std::string_view Who(Attribution attribution);

// Appends a sentence unless it stands there already; an empty one never does.
void AddOnce(std::vector<std::string>* sentences, std::string sentence);

}  // namespace vtprobe::phrases

#endif  // VTPROBE_WORDING_SRC_PHRASES_H_
