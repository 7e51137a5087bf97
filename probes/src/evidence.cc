#include "vtprobe/probes/evidence.h"

#include <fmt/compile.h>

#include "vtprobe/registers/cpuid.h"

namespace vtprobe {

Evidence EvidenceOf(const RegisterView& cpu, const MsrDef& msr) {
  return {msr.name, fmt::format(FMT_COMPILE("{:#x}"), Number(msr.address)), cpu.Msr(msr.address)};
}

Evidence EvidenceOf(const RegisterView& cpu, const CpuidDef& cpuid) {
  Evidence evidence{cpuid.name,
                    fmt::format(FMT_COMPILE("{:#x}.{:#x}"), cpuid.leaf.leaf, cpuid.leaf.subleaf),
                    tl::unexpected(AccessCode::kNotRecorded)};
  const CpuidReading reading = cpu.Cpuid(cpuid.leaf);
  if (!reading) {
    evidence.value = tl::unexpected(reading.error());
  } else if (reading->Has(cpuid.output)) {
    evidence.value = reading->Get(cpuid.output);
  }
  return evidence;
}

}  // namespace vtprobe
