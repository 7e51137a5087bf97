// One CPU's registers as far as they were read, wherever they come from: a row
// of a snapshot, or a capture that is still under way. What registers mean and
// when they exist is stated over this, so that it holds for both.

#ifndef VTPROBE_HAL_REGISTER_VIEW_H_
#define VTPROBE_HAL_REGISTER_VIEW_H_

#include <cstdint>
#include <tl/expected.hpp>

#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

enum class CpuidRegister : std::uint8_t { kEax, kEbx, kEcx, kEdx };

// Which of EAX, EBX, ECX, EDX: bit N stands for CpuidRegister N.
using CpuidRegisterMask = std::uint8_t;
inline constexpr CpuidRegisterMask kAllCpuidRegisters = 0xf;
constexpr CpuidRegisterMask MaskOf(CpuidRegister reg) {
  return static_cast<CpuidRegisterMask>(1u << static_cast<unsigned>(reg));
}

// A CPUID answer of which a transcribed source may give only some registers.
// The others hold 0 and mean nothing.
struct PartialCpuid {
  CpuidRegisters registers;
  CpuidRegisterMask recorded = kAllCpuidRegisters;

  constexpr bool Has(CpuidRegister reg) const { return (recorded & MaskOf(reg)) != 0; }
  // Requires Has(reg).
  constexpr std::uint32_t Get(CpuidRegister reg) const {
    switch (reg) {
      case CpuidRegister::kEax:
        return registers.eax;
      case CpuidRegister::kEbx:
        return registers.ebx;
      case CpuidRegister::kEcx:
        return registers.ecx;
      case CpuidRegister::kEdx:
        return registers.edx;
    }
    return 0;
  }
  // The same answer, with nothing but these registers recorded.
  PartialCpuid Masked(CpuidRegisterMask mask) const;

  friend constexpr bool operator==(const PartialCpuid&, const PartialCpuid&) = default;
};

// "Nothing" is kNotRecorded.
using MsrReading = tl::expected<std::uint64_t, AccessCode>;
using CpuidReading = tl::expected<PartialCpuid, AccessCode>;

// One register of an answer: kNotRecorded where the answer does not have it.
inline tl::expected<std::uint32_t, AccessCode> OutputOf(const CpuidReading& reading,
                                                        CpuidRegister reg) {
  if (!reading) return tl::unexpected(reading.error());
  if (!reading->Has(reg)) return tl::unexpected(AccessCode::kNotRecorded);
  return reading->Get(reg);
}

class RegisterView {
 public:
  virtual ~RegisterView() = default;

  virtual MsrReading Msr(MsrAddress address) const = 0;
  virtual CpuidReading Cpuid(CpuidLeaf leaf) const = 0;

 protected:
  RegisterView() = default;
  RegisterView(const RegisterView&) = default;
  RegisterView& operator=(const RegisterView&) = default;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_REGISTER_VIEW_H_
