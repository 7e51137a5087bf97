#include "vtprobe/probes/identity.h"

#include <algorithm>

#include "vtprobe/registers/cpuid.h"

namespace vtprobe {
namespace {

char Printable(char c) { return c >= 0x20 && c < 0x7f ? c : '?'; }

// Leaves 8000_0002 to 8000_0004: 48 characters, padded with NUL or blanks on
// either side. [intel/sdm-vol2] CPUID, "Processor brand string"
std::optional<std::string> ReadBrand(const RegisterView& cpu) {
  std::string text;
  for (std::uint32_t leaf = 0x8000'0002; leaf <= 0x8000'0004; ++leaf) {
    if (registers::LeafPresence(cpu, leaf) == Presence::kAbsent) return std::nullopt;
    const CpuidReading reading = cpu.Cpuid({leaf});
    if (!reading || reading->recorded != kAllCpuidRegisters) return std::nullopt;
    for (const std::uint32_t part : {reading->registers.eax, reading->registers.ebx,
                                     reading->registers.ecx, reading->registers.edx}) {
      for (int shift = 0; shift < 32; shift += 8) text += static_cast<char>(part >> shift & 0xff);
    }
  }
  text.resize(std::min(text.find('\0'), text.size()));
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(' ') - first + 1);
  std::transform(text.begin(), text.end(), text.begin(), Printable);
  return text;
}

}  // namespace

Identity Identify(const RegisterView& cpu) {
  Identity identity;
  identity.vendor_string = registers::ReadVendorString(cpu);
  if (identity.vendor_string) {
    identity.vendor = VendorFromString(*identity.vendor_string);
    std::transform(identity.vendor_string->begin(), identity.vendor_string->end(),
                   identity.vendor_string->begin(), Printable);
  }
  if (const auto signature = registers::ReadSignature(cpu)) identity.signature = *signature;
  identity.brand = ReadBrand(cpu);
  return identity;
}

// The first CPUs that could have the extension: Yonah and the Pentium 4 of
// core step N0 ([intel/sdm-vol3] 24.6 came with them), Isaiah (VIA Nano), K8
// revision F. Hygon and Zhaoxin never made a CPU without it.
bool PredatesVirtualization(const Identity& identity) {
  if (!identity.vendor || !identity.signature) return false;
  const auto [family, model, stepping] = *identity.signature;
  switch (*identity.vendor) {
    case Vendor::kIntel:
      return family < 6 || (family == 6 && model < 0xe) || (family == 0xf && model < 4);
    case Vendor::kCentaur:
      return family < 6 || (family == 6 && model < 0xf);
    case Vendor::kAmd:
      return family < 0xf;
    case Vendor::kHygon:
    case Vendor::kZhaoxin:
    case Vendor::kOther:
      return false;
  }
  return false;
}

}  // namespace vtprobe
