// The verdict in words: the headline, why, and what to do. Nothing is decided
// here.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_WORDING_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_WORDING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/probes/identity.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// What the words need beyond the verdict.
struct WordingInput {
  std::optional<Vendor> vendor;
  std::optional<std::string> hypervisor;
  CpuSet online;
  CpuSet offline;
  // The processor's number of logical CPUs, where its CPUID tells of more than
  // the snapshot covers.
  std::optional<std::uint32_t> more_cpus;
  // The extension that KVM was seen to run with; kNone if it was not.
  Technology kvm_runs_with = Technology::kNone;
  // "SEV-SNP": what protects this guest from its hypervisor.
  std::optional<std::string_view> guest_protection;
};

// Of a verdict that is complete but for its words.
std::string Headline(const WordingInput& input, const VirtualizationVerdict& verdict);
std::string Explanation(const WordingInput& input, const VirtualizationVerdict& verdict);
std::string Remedy(const VirtualizationVerdict& verdict);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_WORDING_H_
