#include "capture/apic_id.h"

#include <array>

namespace vtprobe {
namespace {

constexpr CpuidLeaf kVendor{0x0, 0};
constexpr CpuidLeaf kFeatures{0x1, 0};
// Most specific first: leaf 0x1F is the successor of 0xB.
constexpr std::array kTopology = {CpuidLeaf{0x1f, 0}, CpuidLeaf{0xb, 0}};

std::optional<std::uint32_t> Output(const RegisterView& cpu, CpuidLeaf leaf, CpuidRegister reg) {
  const CpuidReading reading = cpu.Cpuid(leaf);
  if (!reading || !reading->Has(reg)) return std::nullopt;
  return reading->Get(reg);
}

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
  const std::uint32_t highest = Output(cpu, kVendor, CpuidRegister::kEax).value_or(0);
  for (const CpuidLeaf leaf : kTopology) {
    // Beyond its highest leaf an Intel CPU answers with that leaf's data.
    if (leaf.leaf > highest) continue;
    // No logical processors at the first level: the leaf says nothing.
    const auto processors = Output(cpu, leaf, CpuidRegister::kEbx);
    if (!processors || (*processors & 0xffff) == 0) continue;
    if (const auto id = Output(cpu, leaf, CpuidRegister::kEdx)) return id;
  }
  const auto features = Output(cpu, kFeatures, CpuidRegister::kEbx);
  if (!features) return std::nullopt;
  return *features >> 24;
}

}  // namespace vtprobe
