// Registers as a person names them: IA32_FEATURE_CONTROL, vm_cr, 0x3a,
// CPUID.01H:ECX, each with or without .FIELD behind it.

#ifndef VTPROBE_TOOLS_VTPROBE_REGISTER_ARGUMENT_H_
#define VTPROBE_TOOLS_VTPROBE_REGISTER_ARGUMENT_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "failure.h"
#include "vtprobe/registers/definition.h"
#include "vtprobe/report/register_info.h"

namespace vtprobe {

// An MSR, defined or not, or a CPUID output register.
using NamedRegister = std::variant<MsrAddress, const CpuidDef*>;

RegisterInfo InfoOf(const NamedRegister& reg);

// Hexadecimal with 0x, or decimal. Nothing for anything else.
std::optional<std::uint64_t> ParseNumber(std::string_view text);

// REGISTER. An address need not be known.
OrFailure<NamedRegister> ParseRegister(std::string_view text);

struct RegisterField {
  NamedRegister reg;
  std::optional<Field> field;
};

// REGISTER[.FIELD]
OrFailure<RegisterField> ParseRegisterField(std::string_view text);

// HI:LO, or one bit, of a register of that many bits. The field has no name.
OrFailure<Field> ParseBits(std::string_view text, const RegisterInfo& info);

// What to say of an MSR address that has no definition.
tl::unexpected<Failure> NoDefinition(MsrAddress address);

}  // namespace vtprobe

#endif  // VTPROBE_TOOLS_VTPROBE_REGISTER_ARGUMENT_H_
