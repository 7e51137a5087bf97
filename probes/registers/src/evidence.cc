#include "vtprobe/probes/evidence.h"

#include <fmt/compile.h>

namespace vtprobe {

std::string AddressText(MsrAddress address) {
  return fmt::format(FMT_COMPILE("{:#x}"), Number(address));
}

std::string AddressText(CpuidLeaf leaf) {
  return fmt::format(FMT_COMPILE("{:#x}.{:#x}"), leaf.leaf, leaf.subleaf);
}

std::string_view Evidence::register_name() const {
  return std::visit([](const auto* reg) { return reg->name; }, definition);
}

std::string Evidence::address() const {
  if (const auto* const msr = std::get_if<const MsrDef*>(&definition)) {
    return AddressText((*msr)->address);
  }
  return AddressText(std::get<const CpuidDef*>(definition)->leaf);
}

FieldList Evidence::fields() const {
  return std::visit([](const auto* reg) { return reg->fields; }, definition);
}

Evidence EvidenceOf(const RegisterView& cpu, const MsrDef& msr) {
  return {&msr, cpu.Msr(msr.address)};
}

Evidence EvidenceOf(const RegisterView& cpu, const CpuidDef& cpuid) {
  return {&cpuid, OutputOf(cpu.Cpuid(cpuid.leaf), cpuid.output)};
}

}  // namespace vtprobe
