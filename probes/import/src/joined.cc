#include "joined.h"

#include <array>
#include <cstdint>

#include "vtprobe/registers/volatile.h"

namespace vtprobe::import {
namespace {

// A #GP is what the CPU says of the register; any other failure is of who asked.
bool SaysNothing(AccessCode code) { return code != AccessCode::kGeneralProtection; }

// The bits in which two answers have to agree: what both give, but for what changes
// by itself.
std::uint64_t Compared(CpuidLeaf leaf, CpuidRegister output) {
  const auto changing = registers::FindVolatile(leaf, output);
  return changing ? ~changing->mask : ~std::uint64_t{0};
}

}  // namespace

std::optional<MsrReading> Joined(MsrAddress address, const MsrReading& first,
                                 const MsrReading& second) {
  if (first == second) return first;
  if (first.known() == 0 && SaysNothing(first.error())) return second;
  if (second.known() == 0 && SaysNothing(second.error())) return first;
  const std::uint64_t both = first.known() & second.known();
  const bool is_failure = first.known() == 0 || second.known() == 0;
  if (!is_failure && ((first.known_bits() ^ second.known_bits()) & both) == 0) {
    return MsrReading::OfBits(first.known_bits() | second.known_bits(),
                              first.known() | second.known());
  }
  if (registers::FindVolatile(address)) return first;
  return std::nullopt;
}

std::optional<CpuidReading> Joined(CpuidLeaf leaf, const CpuidReading& first,
                                   const CpuidReading& second) {
  if (first == second) return first;
  if (!first && SaysNothing(first.error())) return second;
  if (!second && SaysNothing(second.error())) return first;
  if (!first || !second) return std::nullopt;
  for (const CpuidRegister output :
       {CpuidRegister::kEax, CpuidRegister::kEbx, CpuidRegister::kEcx, CpuidRegister::kEdx}) {
    if (!first->Has(output) || !second->Has(output)) continue;
    const std::uint64_t differ = first->Get(output) ^ second->Get(output);
    if ((differ & Compared(leaf, output)) != 0) return std::nullopt;
  }
  const PartialCpuid more = second->Masked(static_cast<CpuidRegisterMask>(~first->recorded));
  PartialCpuid joined = *first;
  joined.registers.eax |= more.registers.eax;
  joined.registers.ebx |= more.registers.ebx;
  joined.registers.ecx |= more.registers.ecx;
  joined.registers.edx |= more.registers.edx;
  joined.recorded = static_cast<CpuidRegisterMask>(first->recorded | second->recorded);
  return joined;
}

}  // namespace vtprobe::import
