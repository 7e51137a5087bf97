#include "vtprobe/registers/vendor.h"

#include <array>
#include <cstddef>

#include "vtprobe/registers/cpuid.h"

namespace vtprobe {
namespace {

// EBX, EDX and ECX of leaf 0, which hold four characters each, the first in
// the lowest byte. Gates ask for the vendor of each CPU, so it is found by
// comparing numbers.
using VendorWords = std::array<std::uint32_t, 3>;

constexpr VendorWords WordsOf(std::string_view twelve_characters) {
  VendorWords words{};
  for (std::size_t i = 0; i < twelve_characters.size(); ++i) {
    words.at(i / 4) |= std::uint32_t{static_cast<unsigned char>(twelve_characters[i])} << i % 4 * 8;
  }
  return words;
}

struct VendorRow {
  VendorWords words;
  Vendor vendor;
};

// [intel/sdm-vol2] CPUID leaf 0, [amd/apm-vol3] E.3.1, and for the others
// arch/x86/kernel/cpu/{hygon,centaur,zhaoxin}.c of [linux].
constexpr std::array kVendors = {
    VendorRow{WordsOf("GenuineIntel"), Vendor::kIntel},
    VendorRow{WordsOf("AuthenticAMD"), Vendor::kAmd},
    VendorRow{WordsOf("HygonGenuine"), Vendor::kHygon},
    VendorRow{WordsOf("CentaurHauls"), Vendor::kCentaur},
    VendorRow{WordsOf("  Shanghai  "), Vendor::kZhaoxin},
};

Vendor VendorOf(const VendorWords& words) {
  for (const VendorRow& row : kVendors) {
    if (row.words == words) return row.vendor;
  }
  return Vendor::kOther;
}

}  // namespace

Vendor VendorFromString(std::string_view twelve_characters) {
  return twelve_characters.size() == 12 ? VendorOf(WordsOf(twelve_characters)) : Vendor::kOther;
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

tl::expected<VendorWords, AccessCode> ReadVendorWords(const RegisterView& cpu) {
  constexpr CpuidRegisterMask kNeeded =
      MaskOf(CpuidRegister::kEbx) | MaskOf(CpuidRegister::kEcx) | MaskOf(CpuidRegister::kEdx);
  const CpuidReading leaf0 = cpu.Cpuid(kCpuid0Ebx.leaf);
  if (!leaf0) return tl::unexpected(leaf0.error());
  if ((leaf0->recorded & kNeeded) != kNeeded) return tl::unexpected(AccessCode::kNotRecorded);
  return VendorWords{leaf0->registers.ebx, leaf0->registers.edx, leaf0->registers.ecx};
}

}  // namespace

tl::expected<std::string, AccessCode> ReadVendorString(const RegisterView& cpu) {
  return ReadVendorWords(cpu).map([](const VendorWords& words) {
    std::string text;
    for (const std::uint32_t word : words) {
      for (unsigned shift = 0; shift < 32; shift += 8) {
        text += static_cast<char>(word >> shift & 0xff);
      }
    }
    return text;
  });
}

tl::expected<Vendor, AccessCode> ReadVendor(const RegisterView& cpu) {
  return ReadVendorWords(cpu).map(VendorOf);
}

tl::expected<CpuSignature, AccessCode> ReadSignature(const RegisterView& cpu) {
  return Read(cpu, kCpuid1Eax).map(DecodeSignature);
}

}  // namespace registers
}  // namespace vtprobe
