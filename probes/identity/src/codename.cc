// Which microarchitecture a family, model and stepping stand for, and what its
// maker called the design: "Zen 5 (Granite Ridge)". The table is the registers'
// own (designs.def), so that a CPU that has a name is one whose registers are
// known.

#include "vtprobe/probes/identity.h"
#include "vtprobe/registers/designs.h"

namespace vtprobe {

std::optional<std::string_view> FindCodename(Vendor vendor, const CpuSignature& signature) {
  const auto cpu = registers::FindKnownCpu(vendor, signature);
  if (!cpu || cpu->codename.empty()) return std::nullopt;
  return cpu->codename;
}

}  // namespace vtprobe
