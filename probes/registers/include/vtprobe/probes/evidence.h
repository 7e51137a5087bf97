// A register reading that a verdict or a finding rests on.

#ifndef VTPROBE_PROBES_EVIDENCE_H_
#define VTPROBE_PROBES_EVIDENCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe {

struct Evidence {
  std::string_view register_name;  // of its definition: "IA32_FEATURE_CONTROL", "CPUID.01H:ECX"
  std::string address;             // "0x3a"; of CPUID, LEAF.SUBLEAF: "0x1.0x0"
  // A CPUID output register's 32 bits, an MSR's 64, or why there is no value.
  tl::expected<std::uint64_t, AccessCode> value;

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

Evidence EvidenceOf(const RegisterView& cpu, const MsrDef& msr);
Evidence EvidenceOf(const RegisterView& cpu, const CpuidDef& cpuid);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_EVIDENCE_H_
