#include "vtprobe/registers/vendor.h"

#include <array>

#include "vtprobe/registers/cpuid.h"

namespace vtprobe {
namespace {

struct VendorString {
  std::string_view text;
  Vendor vendor;
};

// [intel/sdm-vol2] CPUID leaf 0, [amd/apm-vol3] E.3.1, and for the others
// arch/x86/kernel/cpu/{hygon,centaur,zhaoxin}.c of [linux].
constexpr std::array kVendorStrings = {
    VendorString{"GenuineIntel", Vendor::kIntel},   VendorString{"AuthenticAMD", Vendor::kAmd},
    VendorString{"HygonGenuine", Vendor::kHygon},   VendorString{"CentaurHauls", Vendor::kCentaur},
    VendorString{"  Shanghai  ", Vendor::kZhaoxin},
};

}  // namespace

Vendor VendorFromString(std::string_view twelve_characters) {
  for (const VendorString& row : kVendorStrings) {
    if (row.text == twelve_characters) return row.vendor;
  }
  return Vendor::kOther;
}

CpuSignature DecodeSignature(std::uint32_t leaf1_eax) {
  using registers::kCpuid1Eax;
  const auto get = [&](const Field& field) {
    return static_cast<std::uint32_t>(field.Extract(leaf1_eax));
  };
  const std::uint32_t family = get(kCpuid1Eax["FAMILY"].field);
  const std::uint32_t model = get(kCpuid1Eax["MODEL"].field);
  CpuSignature signature{family, model, get(kCpuid1Eax["STEPPING"].field)};
  if (family == 0xf) signature.family += get(kCpuid1Eax["EXTENDED_FAMILY"].field);
  // Intel and Zhaoxin extend the model of families 6 and 7 as well; AMD's
  // families below 0xf leave the extended model 0. [intel/sdm-vol2] CPUID
  if (family >= 6) signature.model += get(kCpuid1Eax["EXTENDED_MODEL"].field) << 4;
  return signature;
}

namespace registers {

tl::expected<std::string, AccessCode> ReadVendorString(const RegisterView& cpu) {
  std::string text;
  for (const CpuidDef* const part : {&kCpuid0Ebx, &kCpuid0Edx, &kCpuid0Ecx}) {
    const auto value = Read(cpu, *part);
    if (!value) return tl::unexpected(value.error());
    for (int shift = 0; shift < 32; shift += 8) {
      text += static_cast<char>(*value >> shift & 0xff);
    }
  }
  return text;
}

tl::expected<Vendor, AccessCode> ReadVendor(const RegisterView& cpu) {
  return ReadVendorString(cpu).map([](const std::string& text) { return VendorFromString(text); });
}

tl::expected<CpuSignature, AccessCode> ReadSignature(const RegisterView& cpu) {
  return Read(cpu, kCpuid1Eax).map(DecodeSignature);
}

}  // namespace registers
}  // namespace vtprobe
