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
  return {.name = msr.name,
          .address = fmt::format("{:#x}", Number(msr.address)),
          .is_cpuid = false,
          .title = msr.title,
          .spec = msr.spec,
          .fields = msr.fields};
}

RegisterInfo InfoOf(const CpuidDef& cpuid) {
  return {.name = cpuid.name,
          .address = fmt::format("{:#x}.{:#x}", cpuid.leaf.leaf, cpuid.leaf.subleaf),
          .is_cpuid = true,
          .title = cpuid.title,
          .spec = cpuid.spec,
          .fields = cpuid.fields};
}

RegisterInfo InfoOf(MsrAddress address) {
  if (const MsrDef* const msr = registers::FindMsr(address)) return InfoOf(*msr);
  RegisterInfo info;
  info.address = fmt::format("{:#x}", Number(address));
  return info;
}

}  // namespace vtprobe
