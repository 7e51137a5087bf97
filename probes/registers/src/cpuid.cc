#include "vtprobe/registers/cpuid.h"

namespace vtprobe::registers {
namespace {

constexpr std::uint32_t kExtended = 0x8000'0000;
constexpr std::uint32_t kHypervisorFirst = 0x4000'0000;
constexpr std::uint32_t kHypervisorLast = 0x4fff'ffff;

}  // namespace

Presence LeafPresence(const RegisterView& cpu, std::uint32_t leaf) {
  // A CPU that has CPUID at all has leaves 0 and 1; ranges are announced by
  // their own first leaf.
  if (leaf <= 1 || leaf == kExtended) return Presence::kPresent;
  if (leaf >= kHypervisorFirst && leaf <= kHypervisorLast) return Presence::kUnknown;
  const std::uint32_t range = leaf >= kExtended ? kExtended : 0;
  const auto highest = OutputOf(cpu.Cpuid({range}), CpuidRegister::kEax);
  if (!highest) return Presence::kUnknown;
  return *highest >= leaf ? Presence::kPresent : Presence::kAbsent;
}

tl::expected<std::uint32_t, AccessCode> Read(const RegisterView& cpu, const CpuidField& field) {
  if (LeafPresence(cpu, field.leaf.leaf) == Presence::kAbsent) return 0;
  return OutputOf(cpu.Cpuid(field.leaf), field.output).map([&](std::uint32_t value) {
    return static_cast<std::uint32_t>(field.field.Extract(value));
  });
}

tl::expected<std::uint32_t, AccessCode> Read(const RegisterView& cpu, const CpuidDef& cpuid) {
  return Read(cpu, CpuidField{cpuid.leaf, cpuid.output, Bits(cpuid.name, 31, 0)});
}

bool IsSetIn(const RegisterView& cpu, const CpuidField& field) {
  return Read(cpu, field).value_or(0) != 0;
}

}  // namespace vtprobe::registers
