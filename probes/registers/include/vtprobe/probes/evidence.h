// A register reading that a verdict or a finding rests on.

#ifndef VTPROBE_PROBES_EVIDENCE_H_
#define VTPROBE_PROBES_EVIDENCE_H_

#include <string>
#include <string_view>
#include <variant>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe {

// A register of either sort.
using RegisterDefinition = std::variant<const MsrDef*, const CpuidDef*>;

// How reports write an address: "0x3a"; of CPUID, LEAF.SUBLEAF: "0x1.0x0".
std::string AddressText(MsrAddress address);
std::string AddressText(CpuidLeaf leaf);

struct Evidence {
  RegisterDefinition definition;  // never null
  // A CPUID output register's 32 bits, an MSR's 64 or those that are known, or why
  // there is no value.
  RegisterReading value;

  // As the definition has it: "IA32_FEATURE_CONTROL", "CPUID.01H:ECX".
  std::string_view register_name() const;
  std::string address() const;
  FieldList fields() const;

  friend bool operator==(const Evidence&, const Evidence&) = default;
};

Evidence EvidenceOf(const RegisterView& cpu, const MsrDef& msr);
Evidence EvidenceOf(const RegisterView& cpu, const CpuidDef& cpuid);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_EVIDENCE_H_
