// Registers that another register tells of.

#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::registers {

Presence HasBit(const RegisterView& cpu, const MsrDef& msr, const Field& field) {
  // What was read is there.
  const MsrReading reading = cpu.Msr(msr.address);
  if (reading) return field.IsSet(*reading) ? Presence::kPresent : Presence::kAbsent;
  return msr.present(cpu) == Presence::kAbsent ? Presence::kAbsent : Presence::kUnknown;
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

Presence HasFixedMtrrs(const RegisterView& cpu) { return HasBit(cpu, kMtrrCap, kMtrrCap["FIX"]); }

Presence VariableMtrr(const RegisterView& cpu, unsigned number) {
  const Presence any = HasBit(cpu, kMtrrCap, kMtrrCap["VCNT"]);
  if (any != Presence::kPresent) return any;
  return kMtrrCap["VCNT"].Extract(*cpu.Msr(kMtrrCap.address)) > number ? Presence::kPresent
                                                                       : Presence::kAbsent;
}

}  // namespace vtprobe::registers
