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

namespace {

// Each gate asks for the vendor, of each CPU: no string is made for that.
tl::expected<std::array<char, 12>, AccessCode> ReadVendorCharacters(const RegisterView& cpu) {
  const CpuidReading leaf0 = cpu.Cpuid(kCpuid0Ebx.leaf);
  if (!leaf0) return tl::unexpected(leaf0.error());
  std::array<char, 12> characters{};
  std::size_t next = 0;
  for (const CpuidRegister part : {CpuidRegister::kEbx, CpuidRegister::kEdx, CpuidRegister::kEcx}) {
    if (!leaf0->Has(part)) return tl::unexpected(AccessCode::kNotRecorded);
    for (int shift = 0; shift < 32; shift += 8) {
      characters.at(next++) = static_cast<char>(leaf0->Get(part) >> shift & 0xff);
    }
  }
  return characters;
}

}  // namespace

tl::expected<std::string, AccessCode> ReadVendorString(const RegisterView& cpu) {
  return ReadVendorCharacters(cpu).map(
      [](const auto& characters) { return std::string(characters.data(), characters.size()); });
}

tl::expected<Vendor, AccessCode> ReadVendor(const RegisterView& cpu) {
  return ReadVendorCharacters(cpu).map([](const auto& characters) {
    return VendorFromString(std::string_view(characters.data(), characters.size()));
  });
}

tl::expected<CpuSignature, AccessCode> ReadSignature(const RegisterView& cpu) {
  return Read(cpu, kCpuid1Eax).map(DecodeSignature);
}

}  // namespace registers
}  // namespace vtprobe
