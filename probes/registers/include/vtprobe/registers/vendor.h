// Who made a CPU and which one it is, as far as the existence of registers
// depends on it.

#ifndef VTPROBE_REGISTERS_VENDOR_H_
#define VTPROBE_REGISTERS_VENDOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "vtprobe/hal/register_view.h"

namespace vtprobe {

// Those that made CPUs with VMX or SVM. kOther: a vendor string that is none
// of theirs, corrupted ones included.
enum class Vendor : std::uint8_t { kIntel, kAmd, kHygon, kCentaur, kZhaoxin, kOther };

// A literal type.
class MakerSet {
 public:
  constexpr MakerSet() = default;
  template <typename... Vendors>
  explicit constexpr MakerSet(Vendor first, Vendors... others) {
    bits_ = Bit(first);
    ((bits_ = static_cast<std::uint8_t>(bits_ | Bit(others))), ...);
  }

  constexpr bool Contains(Vendor vendor) const { return (bits_ & Bit(vendor)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

  friend constexpr MakerSet operator&(MakerSet a, MakerSet b) { return Of(a.bits_ & b.bits_); }
  friend constexpr MakerSet operator|(MakerSet a, MakerSet b) { return Of(a.bits_ | b.bits_); }
  friend constexpr bool operator==(MakerSet, MakerSet) = default;

 private:
  static constexpr std::uint8_t Bit(Vendor vendor) {
    return static_cast<std::uint8_t>(1u << static_cast<unsigned>(vendor));
  }
  static constexpr MakerSet Of(int bits) {
    MakerSet set;
    set.bits_ = static_cast<std::uint8_t>(bits);
    return set;
  }

  std::uint8_t bits_ = 0;
};

// Those whose registers have names here.
inline constexpr MakerSet kKnownMakers(Vendor::kIntel, Vendor::kAmd, Vendor::kHygon,
                                       Vendor::kCentaur, Vendor::kZhaoxin);

// kOther for any other text. Compares all twelve characters.
Vendor VendorFromString(std::string_view twelve_characters);

// Display family and model: the extended fields are added where the base
// fields say so. [intel/sdm-vol2] CPUID, [amd/apm-vol3] E.3.2
struct CpuSignature {
  std::uint32_t family = 0;
  std::uint32_t model = 0;
  std::uint32_t stepping = 0;

  friend constexpr bool operator==(const CpuSignature&, const CpuSignature&) = default;
};

CpuSignature DecodeSignature(std::uint32_t leaf1_eax);

namespace registers {

// The twelve characters of leaf 0, as they are.
tl::expected<std::string, AccessCode> ReadVendorString(const RegisterView& cpu);
tl::expected<Vendor, AccessCode> ReadVendor(const RegisterView& cpu);
tl::expected<CpuSignature, AccessCode> ReadSignature(const RegisterView& cpu);

}  // namespace registers
}  // namespace vtprobe

#endif  // VTPROBE_REGISTERS_VENDOR_H_
