// Every register that is known by name, for those who walk them all or look
// one up.

#ifndef VTPROBE_REGISTERS_TABLE_H_
#define VTPROBE_REGISTERS_TABLE_H_

#include <span>
#include <string_view>

#include "vtprobe/hal/snapshot.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe::registers {

// Ascending by address.
std::span<const MsrDef* const> AllMsrs();
// Ascending by leaf and output register.
std::span<const CpuidDef* const> AllCpuid();

// Null for one that is not known. Names compare without regard to case.
const MsrDef* FindMsr(std::string_view name);
const MsrDef* FindMsr(MsrAddress address);
const CpuidDef* FindCpuid(std::string_view name);

// The CPUID registers that say which vendor, model and features this is: what
// gates and identity are read from. None of them tells CPUs of one kind apart.
Selection FeatureRegisters();

// All registers of both tables; without those that identify a machine
// (identifiers.h), unless they are wanted.
Selection KnownRegisters(bool identifiers);

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_TABLE_H_
