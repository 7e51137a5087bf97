#include "vtprobe/report/register_info.h"

#include <fmt/format.h>

#include "vtprobe/registers/table.h"

namespace vtprobe {

std::string RegisterInfo::Title() const {
  if (name.empty()) return "MSR " + address;
  // A CPUID register's name has its leaf in it.
  return is_cpuid ? std::string(name) : fmt::format("{} ({})", name, address);
}

RegisterInfo InfoOf(const MsrDef& msr) {
  return {.definition = &msr,
          .name = msr.name,
          .address = AddressText(msr.address),
          .is_cpuid = false,
          .title = msr.title,
          .spec = msr.spec,
          .fields = msr.fields};
}

RegisterInfo InfoOf(const CpuidDef& cpuid) {
  return {.definition = &cpuid,
          .name = cpuid.name,
          .address = AddressText(cpuid.leaf),
          .is_cpuid = true,
          .title = cpuid.title,
          .spec = cpuid.spec,
          .fields = cpuid.fields};
}

RegisterInfo InfoOf(MsrAddress address) {
  if (const MsrDef* const msr = registers::FindMsr(address)) return InfoOf(*msr);
  RegisterInfo info;
  info.address = AddressText(address);
  return info;
}

}  // namespace vtprobe
