#include "vtprobe/registers/apic_id.h"

#include <array>

namespace vtprobe {
namespace {

constexpr CpuidLeaf kVendor{0x0, 0};
constexpr CpuidLeaf kFeatures{0x1, 0};
// Most specific first: leaf 0x1F is the successor of 0xB.
constexpr std::array kTopology = {CpuidLeaf{0x1f, 0}, CpuidLeaf{0xb, 0}};

}  // namespace

Selection ApicIdRegisters() {
  Selection registers;
  registers.Add(kVendor, MaskOf(CpuidRegister::kEax));
  registers.Add(kFeatures, MaskOf(CpuidRegister::kEbx));
  for (const CpuidLeaf leaf : kTopology) {
    registers.Add(leaf, MaskOf(CpuidRegister::kEbx));
    registers.Add(leaf, MaskOf(CpuidRegister::kEdx));
  }
  return registers;
}

std::optional<std::uint32_t> ApicId(const RegisterView& cpu) {
  const std::uint32_t highest = OutputOf(cpu.Cpuid(kVendor), CpuidRegister::kEax).value_or(0);
  for (const CpuidLeaf leaf : kTopology) {
    // Beyond its highest leaf an Intel CPU answers with that leaf's data.
    if (leaf.leaf > highest) continue;
    // No logical processors at the first level: the leaf says nothing.
    const auto processors = OutputOf(cpu.Cpuid(leaf), CpuidRegister::kEbx);
    if (!processors || (*processors & 0xffff) == 0) continue;
    if (const auto id = OutputOf(cpu.Cpuid(leaf), CpuidRegister::kEdx)) return *id;
  }
  const auto features = OutputOf(cpu.Cpuid(kFeatures), CpuidRegister::kEbx);
  if (!features) return std::nullopt;
  return *features >> 24;
}

}  // namespace vtprobe
