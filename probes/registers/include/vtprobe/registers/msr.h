// The MSRs by name, made from msr.def.

#ifndef VTPROBE_REGISTERS_MSR_H_
#define VTPROBE_REGISTERS_MSR_H_

#include "vtprobe/registers/definition.h"
#include "vtprobe/registers/gates.h"

namespace vtprobe::registers {

#define VTPROBE_MSR(constant, ...) inline constexpr MsrDef constant{__VA_ARGS__};
#include "vtprobe/registers/msr.def"
#undef VTPROBE_MSR

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_MSR_H_
