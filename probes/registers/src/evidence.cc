#include "vtprobe/probes/evidence.h"

#include <fmt/compile.h>

#include "vtprobe/registers/cpuid.h"

namespace vtprobe {

Evidence EvidenceOf(const RegisterView& cpu, const MsrDef& msr) {
  return {msr.name, fmt::format(FMT_COMPILE("{:#x}"), Number(msr.address)), cpu.Msr(msr.address)};
}

Evidence EvidenceOf(const RegisterView& cpu, const CpuidDef& cpuid) {
  return {cpuid.name, fmt::format(FMT_COMPILE("{:#x}.{:#x}"), cpuid.leaf.leaf, cpuid.leaf.subleaf),
          OutputOf(cpu.Cpuid(cpuid.leaf), cpuid.output)};
}

}  // namespace vtprobe
