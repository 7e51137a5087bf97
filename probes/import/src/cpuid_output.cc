#include "cpuid_output.h"

namespace vtprobe::import {

void Store(CpuidRegister reg, std::uint32_t value, PartialCpuid* answer) {
  if (answer->Has(reg)) return;
  answer->recorded = static_cast<CpuidRegisterMask>(answer->recorded | MaskOf(reg));
  CpuidRegisters& registers = answer->registers;
  switch (reg) {
    case CpuidRegister::kEax:
      registers.eax = value;
      return;
    case CpuidRegister::kEbx:
      registers.ebx = value;
      return;
    case CpuidRegister::kEcx:
      registers.ecx = value;
      return;
    case CpuidRegister::kEdx:
      registers.edx = value;
      return;
  }
}

}  // namespace vtprobe::import
