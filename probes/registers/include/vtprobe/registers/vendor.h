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
