// The number by which the interrupt controller knows a CPU: the one answer of
// CPUID that no two CPUs of a machine share.

#ifndef VTPROBE_REGISTERS_APIC_ID_H_
#define VTPROBE_REGISTERS_APIC_ID_H_

#include <cstdint>
#include <optional>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

// The leaves that ApicId() looks at.
Selection ApicIdRegisters();

// The x2APIC id where the CPU reports its topology, else the initial APIC id of
// leaf 1. Nothing if that was not read.
// [intel/sdm-vol2] CPUID leaves 01H, 0BH, 1FH; [amd/apm-vol3] E.3.2, E.3.9
std::optional<std::uint32_t> ApicId(const RegisterView& cpu);

}  // namespace vtprobe

#endif  // VTPROBE_REGISTERS_APIC_ID_H_
