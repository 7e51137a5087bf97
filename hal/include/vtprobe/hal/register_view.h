// One CPU's registers as far as they were read, wherever they come from: a row
// of a snapshot, or a capture that is still under way. What registers mean and
// when they exist is stated over this, so that it holds for both.

#ifndef VTPROBE_HAL_REGISTER_VIEW_H_
#define VTPROBE_HAL_REGISTER_VIEW_H_

#include <compare>
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

// What a register gave: a value, or why there is none. A source may also state
// some bits and not the others (`rdmsr -f`, a log's words). That is no value, so
// that nobody takes it for one: who can do with some bits asks for those.
// A value and a failure are readings as they stand. "Nothing" is kNotRecorded.
class RegisterReading {
 public:
  constexpr RegisterReading() = default;
  constexpr RegisterReading(std::uint64_t value) : bits_(value) {}  // NOLINT
  constexpr RegisterReading(tl::unexpected<AccessCode> failure)     // NOLINT
      : known_(0), bits_(static_cast<std::uint64_t>(failure.value())) {}
  template <typename Unsigned>
  constexpr RegisterReading(const tl::expected<Unsigned, AccessCode>& reading)  // NOLINT
      : RegisterReading(reading ? RegisterReading(std::uint64_t{*reading})
                                : RegisterReading(tl::unexpected(reading.error()))) {}
  // The bits of the mask `known`, and none of the others, whatever `bits` has
  // there. All of them are a value, and none kNotRecorded.
  static constexpr RegisterReading OfBits(std::uint64_t bits, std::uint64_t known) {
    if (known == 0) return tl::unexpected(AccessCode::kNotRecorded);
    RegisterReading reading(bits & known);
    reading.known_ = known;
    return reading;
  }

  constexpr bool has_value() const { return ~known_ == 0; }
  constexpr explicit operator bool() const { return has_value(); }
  // Requires has_value().
  constexpr std::uint64_t operator*() const { return bits_; }
  // The same, and throws std::logic_error where there is no value.
  std::uint64_t value() const;
  // Requires that there is no value. Of one of which some bits are known:
  // kNotRecorded, since the recording does not hold the others.
  constexpr AccessCode error() const {
    return known_ == 0 ? static_cast<AccessCode>(bits_) : AccessCode::kNotRecorded;
  }

  // Some bits are known and others are not.
  constexpr bool IsPartial() const { return known_ != 0 && ~known_ != 0; }
  // Nothing at all is recorded.
  constexpr bool IsUnrecorded() const { return *this == RegisterReading::OfBits(0, 0); }
  // Which bits are known: all of a value, none of a failure.
  constexpr std::uint64_t known() const { return known_; }
  // Those bits; 0 elsewhere, which says nothing.
  constexpr std::uint64_t known_bits() const { return known_ == 0 ? 0 : bits_; }
  constexpr bool Knows(std::uint64_t mask) const { return (mask & ~known_) == 0; }

  // An order for putting equal ones together: failures first, and values last.
  friend constexpr auto operator<=>(const RegisterReading&, const RegisterReading&) = default;

 private:
  std::uint64_t known_ = ~std::uint64_t{0};
  std::uint64_t bits_ = 0;  // the AccessCode where none is known
};

using MsrReading = RegisterReading;
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
