// What a register definition is: where the register lives, when it exists,
// whom its value belongs to, and what its bits mean. The definitions
// themselves are the rows of msr.def and cpuid.def.

#ifndef VTPROBE_REGISTERS_DEFINITION_H_
#define VTPROBE_REGISTERS_DEFINITION_H_

#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"
#include "vtprobe/registers/field.h"

namespace vtprobe {

// Which CPUs share one instance of a register. [intel/sdm-vol4] chapter 2
enum class Scope : std::uint8_t { kThread, kCore, kPackage };

// Whether a CPU has a register. kUnknown: what decides was not read.
enum class Presence : std::uint8_t { kPresent, kAbsent, kUnknown };

// When a register is there: registers/requirement.h.
struct Gate;

// One output register of one CPUID leaf.
struct CpuidDef {
  std::string_view name;  // as the SDM writes it: "CPUID.01H:ECX"
  CpuidLeaf leaf;
  CpuidRegister output = CpuidRegister::kEax;
  std::string_view title{};
  std::string_view spec{};
  FieldList fields{};

  // A misspelt field does not compile.
  consteval struct CpuidField operator[](std::string_view field) const;
};

// One field of one CPUID output register.
struct CpuidField {
  CpuidLeaf leaf;
  CpuidRegister output = CpuidRegister::kEax;
  Field field;
};

struct MsrDef {
  std::string_view name;  // as the SDM or the APM spells it
  MsrAddress address{};
  std::string_view title{};
  std::string_view spec{};
  Scope scope = Scope::kThread;
  const Gate* present = nullptr;
  bool identifies = false;  // its value tells this machine from its twins
  FieldList fields{};

  // A misspelt field does not compile.
  consteval Field operator[](std::string_view field) const;
};

namespace internal {
consteval Field Get(const FieldList& fields, std::string_view name) {
  const Field* const field = fields.Find(name);
  if (field == nullptr) throw std::logic_error("the register has no field of that name");
  return *field;
}
}  // namespace internal

consteval CpuidField CpuidDef::operator[](std::string_view field) const {
  return {leaf, output, internal::Get(fields, field)};
}

consteval Field MsrDef::operator[](std::string_view field) const {
  return internal::Get(fields, field);
}

}  // namespace vtprobe

#endif  // VTPROBE_REGISTERS_DEFINITION_H_
