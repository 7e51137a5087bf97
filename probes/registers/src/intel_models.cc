// Registers that only some models have. The models are those of
// [intel/sdm-vol4] table 2-1, in the order of their designs.

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/vendor.h"

namespace vtprobe::registers {
namespace {

using Models = std::span<const std::uint8_t>;

// Those of the Core line.
constexpr std::uint8_t kCore2[] = {0x0f, 0x16, 0x17, 0x1d};
constexpr std::uint8_t kNehalemAndWestmere[] = {0x1a, 0x1e, 0x1f, 0x25, 0x2c, 0x2e, 0x2f};
constexpr std::uint8_t kSandyAndIvyBridge[] = {0x2a, 0x2d, 0x3a, 0x3e};
constexpr std::uint8_t kHaswellToIceLake[] = {0x3c, 0x3f, 0x45, 0x46, 0x3d, 0x47, 0x4f, 0x56,
                                              0x4e, 0x5e, 0x55, 0x8e, 0x9e, 0xa5, 0xa6, 0x66,
                                              0x6a, 0x6c, 0x7d, 0x7e, 0x9d, 0x8a};
constexpr std::uint8_t kTigerLakeAndLater[] = {0x8c, 0x8d, 0xa7, 0x8f, 0xcf, 0x97, 0x9a,
                                               0xb7, 0xba, 0xbf, 0xaa, 0xac, 0xb5, 0xc5,
                                               0xc6, 0xbd, 0xad, 0xae, 0xcc};

// Those of the Atom line.
constexpr std::uint8_t kBonnellAndSaltwell[] = {0x1c, 0x26, 0x27, 0x35, 0x36};
constexpr std::uint8_t kSilvermontAndAirmont[] = {0x37, 0x4a, 0x4c, 0x4d, 0x5a};
constexpr std::uint8_t kGoldmont[] = {0x5c, 0x5f, 0x7a};
constexpr std::uint8_t kTremontAndLater[] = {0x86, 0x96, 0x9c, 0xbe, 0xaf, 0xb6, 0xdd};

Presence IsOneOf(const RegisterView& cpu, std::initializer_list<Models> designs) {
  const Presence intel = MadeByIntel(cpu);
  if (intel != Presence::kPresent) return intel;
  const auto signature = ReadSignature(cpu);
  if (!signature) return Presence::kUnknown;
  if (signature->family != 6) return Presence::kAbsent;
  const bool found = std::any_of(designs.begin(), designs.end(), [&](Models models) {
    return std::find(models.begin(), models.end(), signature->model) != models.end();
  });
  return found ? Presence::kPresent : Presence::kAbsent;
}

Presence Not(Presence presence) {
  switch (presence) {
    case Presence::kPresent:
      return Presence::kAbsent;
    case Presence::kAbsent:
      return Presence::kPresent;
    case Presence::kUnknown:
      break;
  }
  return Presence::kUnknown;
}

}  // namespace

Presence IntelCore2(const RegisterView& cpu) { return IsOneOf(cpu, {kCore2}); }

Presence IntelCoreSandyBridgeOnwards(const RegisterView& cpu) {
  return IsOneOf(cpu, {kSandyAndIvyBridge, kHaswellToIceLake, kTigerLakeAndLater});
}

// [intel/sdm-vol4] tables 2-12 and 2-20
Presence IntelSandyBridgeOrGoldmontOnwards(const RegisterView& cpu) {
  return IsOneOf(cpu, {kSandyAndIvyBridge, kHaswellToIceLake, kTigerLakeAndLater, kGoldmont,
                       kTremontAndLater});
}

// [intel/sdm-vol4] tables 2-12 and 2-29
Presence IntelHaswellOrGoldmontOnwards(const RegisterView& cpu) {
  return IsOneOf(cpu, {kHaswellToIceLake, kTigerLakeAndLater, kGoldmont, kTremontAndLater});
}

// [intel/sdm-vol4] tables 2-6, 2-12, 2-15 and 2-20
Presence IntelNehalemOrSilvermontOnwards(const RegisterView& cpu) {
  return IsOneOf(cpu, {kNehalemAndWestmere, kSandyAndIvyBridge, kHaswellToIceLake,
                       kTigerLakeAndLater, kSilvermontAndAirmont, kGoldmont, kTremontAndLater});
}

// [coreboot/coreboot] src/soc/intel/*/include/soc/msr.h
Presence IntelTigerLakeOnwards(const RegisterView& cpu) {
  return IsOneOf(cpu, {kTigerLakeAndLater, kTremontAndLater});
}

// Core 2 has its own SMRR, at 0xA0 and 0xA1, which the lock of 0x3A hides; the
// first Atoms have none. [intel/sdm-vol4] tables 2-3 and 2-4
Presence HasSmrr(const RegisterView& cpu) {
  // The MSR first: where it says no, as it does of most CPUs without, no more
  // has to be asked.
  const Presence told = HasBit(cpu, kMtrrCap, kMtrrCap["SMRR"]);
  if (told == Presence::kAbsent) return told;
  return AllOf({told, MadeByIntel(cpu), Not(IsOneOf(cpu, {kCore2, kBonnellAndSaltwell}))});
}

// P6 processors do not have it; Pentium M, Pentium 4 and all later ones do.
// [intel/sdm-vol4] tables 2-2, 2-46 and 2-49
Presence HasMiscEnable(const RegisterView& cpu) {
  const Presence compatible = IntelCompatible(cpu);
  if (compatible != Presence::kPresent) return compatible;
  const auto signature = ReadSignature(cpu);
  if (!signature) return Presence::kUnknown;
  if (MadeByIntel(cpu) != Presence::kPresent) {
    return signature->family >= 6 ? Presence::kPresent : Presence::kAbsent;
  }
  if (signature->family != 6) {
    return signature->family > 6 ? Presence::kPresent : Presence::kAbsent;
  }
  constexpr std::uint32_t kBanias = 0x9;
  constexpr std::uint32_t kDothan = 0xd;
  return signature->model == kBanias || signature->model >= kDothan ? Presence::kPresent
                                                                    : Presence::kAbsent;
}

}  // namespace vtprobe::registers
