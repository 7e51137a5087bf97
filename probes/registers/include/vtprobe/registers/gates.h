// Whether a CPU meets a requirement, and so whether it has a register. A
// register is read only if its gate doesn't say kAbsent, so that no tool of this
// project makes a CPU fault to find out.

#ifndef VTPROBE_REGISTERS_GATES_H_
#define VTPROBE_REGISTERS_GATES_H_

#include <optional>
#include <vector>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/registers/definition.h"
#include "vtprobe/registers/requirement.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe::registers {

// Which CPU it is. CPUs of one model have it in common, so it is read once for
// all of them.
struct CpuModel {
  std::optional<Vendor> vendor;  // nothing where it was not read
  std::optional<CpuSignature> signature;
  std::optional<Design> design;  // nothing for one that designs.def does not know
};

CpuModel ReadModel(const RegisterView& cpu);

// kUnknown if what was not read would decide. The model is the CPU's own.
Presence Meets(const RegisterView& cpu, const CpuModel& model, const Requirement& requirement);
Presence Meets(const RegisterView& cpu, const Requirement& requirement);

// Whether no CPU of this one's maker has the register. False if the maker is not
// known.
bool IsAnotherMakers(const CpuModel& model, const MsrDef& msr);

// Whether the CPU has the register. One that was read is there, whatever is
// known of the model, unless the register is another maker's: an address has
// its meaning by the maker.
Presence PresenceOf(const RegisterView& cpu, const CpuModel& model, const MsrDef& msr);
Presence PresenceOf(const RegisterView& cpu, const MsrDef& msr);

// Adds the MSRs that a requirement looks at, with those that their own presence
// depends on, each behind those that it depends on and none twice.
void AddMsrsLookedAt(const Requirement& requirement, std::vector<const MsrDef*>* msrs);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_GATES_H_
