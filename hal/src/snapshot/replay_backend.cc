#include "vtprobe/hal/replay_backend.h"

namespace vtprobe {

Result<std::uint64_t> ReplayBackend::ReadMsr(LogicalCpu cpu, MsrAddress address) {
  if (snapshot_.offline().Contains(cpu)) return Fail(AccessCode::kCpuOffline);
  const MsrReading reading = snapshot_.Msr(cpu, address);
  if (!reading) return Fail(reading.error());
  return *reading;
}

Result<CpuidRegisters> ReplayBackend::ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) {
  if (snapshot_.offline().Contains(cpu)) return Fail(AccessCode::kCpuOffline);
  const CpuidReading reading = snapshot_.Cpuid(cpu, leaf);
  if (!reading) return Fail(reading.error());
  if (reading->recorded != kAllCpuidRegisters) return Fail(AccessCode::kNotRecorded);
  return reading->registers;
}

}  // namespace vtprobe
