#include "vtprobe/registers/gates.h"

#include "vtprobe/registers/vendor.h"

namespace vtprobe::registers {
namespace {

Presence OneOf(const RegisterView& cpu, std::initializer_list<Vendor> vendors) {
  const auto vendor = ReadVendor(cpu);
  if (!vendor) return Presence::kUnknown;
  for (const Vendor candidate : vendors) {
    if (*vendor == candidate) return Presence::kPresent;
  }
  return Presence::kAbsent;
}

// Those of AMD and Hygon from that family on.
Presence AmdCompatibleFrom(const RegisterView& cpu, std::uint32_t first_family) {
  const auto signature = ReadSignature(cpu);
  if (!signature) return AllOf({AmdCompatible(cpu), Presence::kUnknown});
  return signature->family < first_family ? Presence::kAbsent : AmdCompatible(cpu);
}

}  // namespace

Presence AnyOf(const RegisterView& cpu, std::initializer_list<CpuidField> fields) {
  Presence presence = Presence::kAbsent;
  for (const CpuidField& field : fields) {
    const auto value = Read(cpu, field);
    if (!value) {
      presence = Presence::kUnknown;
    } else if (*value != 0) {
      return Presence::kPresent;
    }
  }
  return presence;
}

Presence AllOf(std::initializer_list<Presence> conditions) {
  Presence presence = Presence::kPresent;
  for (const Presence condition : conditions) {
    if (condition == Presence::kAbsent) return Presence::kAbsent;
    if (condition == Presence::kUnknown) presence = Presence::kUnknown;
  }
  return presence;
}

Presence IntelCompatible(const RegisterView& cpu) {
  return OneOf(cpu, {Vendor::kIntel, Vendor::kCentaur, Vendor::kZhaoxin});
}

Presence AmdCompatible(const RegisterView& cpu) {
  return OneOf(cpu, {Vendor::kAmd, Vendor::kHygon});
}

Presence Amd64(const RegisterView& cpu) { return AmdCompatibleFrom(cpu, 0xf); }

Presence ZenOnwards(const RegisterView& cpu) { return AmdCompatibleFrom(cpu, 0x17); }

Presence AnyKnownVendor(const RegisterView& cpu) {
  return OneOf(cpu,
               {Vendor::kIntel, Vendor::kCentaur, Vendor::kZhaoxin, Vendor::kAmd, Vendor::kHygon});
}

Presence MadeByIntel(const RegisterView& cpu) { return OneOf(cpu, {Vendor::kIntel}); }

}  // namespace vtprobe::registers
