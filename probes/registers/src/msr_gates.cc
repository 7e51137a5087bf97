// Registers that another register tells of.

#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::registers {

namespace {

// Whether the CPU has what its value of that MSR would tell of, where it has
// none.
Presence WithoutValue(const RegisterView& cpu, const MsrDef& msr) {
  return msr.present(cpu) == Presence::kAbsent ? Presence::kAbsent : Presence::kUnknown;
}

}  // namespace

Presence HasBit(const RegisterView& cpu, const MsrDef& msr, const Field& field) {
  // What was read is there.
  const MsrReading reading = cpu.Msr(msr.address);
  if (!reading) return WithoutValue(cpu, msr);
  return field.IsSet(*reading) ? Presence::kPresent : Presence::kAbsent;
}

Presence HasVmx(const RegisterView& cpu) {
  return AllOf({IntelCompatible(cpu), AnyOf(cpu, {kVmx})});
}

Presence HasEptOrVpid(const RegisterView& cpu) {
  const Presence ept = HasBit(cpu, kVmxProcbasedCtls2, kVmxProcbasedCtls2["ENABLE_EPT"]);
  return ept == Presence::kAbsent
             ? HasBit(cpu, kVmxProcbasedCtls2, kVmxProcbasedCtls2["ENABLE_VPID"])
             : ept;
}

Presence HasTme(const RegisterView& cpu) {
  return AllOf({MadeByIntel(cpu), AnyOf(cpu, {kCpuid7Ecx["TME_EN"]})});
}

Presence HasPrmrr(const RegisterView& cpu) {
  return AllOf({MadeByIntel(cpu), HasBit(cpu, kMtrrCap, kMtrrCap["PRMRR"])});
}

Presence HasSeamrr(const RegisterView& cpu) {
  return AllOf({MadeByIntel(cpu), HasBit(cpu, kMtrrCap, kMtrrCap["SEAMRR"])});
}

Presence HasSmrr2(const RegisterView& cpu) {
  return AllOf({MadeByIntel(cpu), HasBit(cpu, kMtrrCap, kMtrrCap["SMRR2"])});
}

Presence HasLockableSmrr(const RegisterView& cpu) {
  return AllOf({MadeByIntel(cpu), HasBit(cpu, kMtrrCap, kMtrrCap["SMRR_LOCK"])});
}

Presence HasFixedMtrrs(const RegisterView& cpu) { return HasBit(cpu, kMtrrCap, kMtrrCap["FIX"]); }

Presence VariableMtrr(const RegisterView& cpu, unsigned number) {
  const MsrReading capabilities = cpu.Msr(kMtrrCap.address);
  if (!capabilities) return WithoutValue(cpu, kMtrrCap);
  return kMtrrCap["VCNT"].Extract(*capabilities) > number ? Presence::kPresent : Presence::kAbsent;
}

}  // namespace vtprobe::registers
