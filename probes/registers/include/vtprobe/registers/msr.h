// The MSRs by name, made from msr.def.

#ifndef VTPROBE_REGISTERS_MSR_H_
#define VTPROBE_REGISTERS_MSR_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/definition.h"
#include "vtprobe/registers/gates.h"

namespace vtprobe::registers {

// A row's place in the table, from the lowest address on.
enum class MsrRow : std::uint16_t {
#define VTPROBE_MSR(constant, ...) constant,
#include "vtprobe/registers/msr.def"
#undef VTPROBE_MSR
  kCount
};

// Of each row. They are made where all rows are known (table.cc), so that one
// may look at a register that stands further down.
extern const std::array<Gate, static_cast<std::size_t>(MsrRow::kCount)> kMsrGates;

namespace internal {
constexpr MsrDef WithGate(MsrDef msr, MsrRow row) {
  msr.present = &kMsrGates[static_cast<std::size_t>(row)];
  return msr;
}
}  // namespace internal

#define VTPROBE_WHEN(...) nullptr
#define VTPROBE_MSR(constant, ...) \
  inline constexpr MsrDef constant = internal::WithGate({__VA_ARGS__}, MsrRow::constant);
#include "vtprobe/registers/msr.def"
#undef VTPROBE_MSR
#undef VTPROBE_WHEN

}  // namespace vtprobe::registers

#endif  // VTPROBE_REGISTERS_MSR_H_
