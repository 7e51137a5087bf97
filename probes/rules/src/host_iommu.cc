// A host that gives devices to its guests needs an IOMMU: described by firmware,
// and driven by the kernel. A host that doesn't can do without, so a lack is a
// warning, which a profile may count as a failure (strict).

#include <fmt/format.h>

#include "host_facts.h"
#include "rules.h"

namespace vtprobe::rules {
namespace {

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: the IOMMU is its host's.");
  }
  const auto table = host.Get(meta::kIommuTable);
  const auto units = host.Get(meta::kIommuUnits);
  if (table == "none") {
    return host.Say(Outcome::kWarn,
                    "Firmware describes no IOMMU: it is switched off in firmware setup, or the "
                    "machine has none.");
  }
  if (units == "0") {
    return host.Say(Outcome::kWarn,
                    table ? fmt::format("Firmware describes an IOMMU ({}), and the kernel does "
                                        "not use it.",
                                        *table)
                          : "The kernel uses no IOMMU.");
  }
  if (!units) return host.NotRecorded("whether the kernel uses an IOMMU");
  return host.Say(Outcome::kPass,
                  fmt::format("The kernel uses {} IOMMU{}.", *units, *units == "1" ? "" : "s"));
}

}  // namespace

const Rule kHostIommu{
    .id = "host.iommu",
    .title = "The machine has an IOMMU, and the kernel uses it",
    .spec = "[intel/vt-d] 8.1, [amd/iommu] 5.2, [linux/kernel-parameters] intel_iommu, amd_iommu",
    .severity = Severity::kMedium,
    .remedy =
        "Enable \"VT-d\" (Intel) or \"IOMMU\" (AMD) in firmware setup, and boot an Intel "
        "host with intel_iommu=on where the kernel does not do so by itself.",
    .judge = Judge};

}  // namespace vtprobe::rules
