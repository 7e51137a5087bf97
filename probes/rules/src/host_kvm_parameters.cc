// What KVM offers its guests is decided when its module is loaded. Without
// nested page tables guests run, but slowly, so that is said; nested
// virtualization and SEV-SNP are for a profile to want.

#include <fmt/format.h>

#include <array>

#include "host_facts.h"
#include "rules.h"

namespace vtprobe::rules {
namespace {

constexpr std::array kParameters = {
    Parameter{.name = "nested", .meaning = "whether guests may run guests", .choices = kAnyOnOff},
    Parameter{.name = "sev_snp",
              .meaning = "whether KVM runs SEV-SNP guests (AMD)",
              .choices = kAnyOnOff}};

// As the kernel shows a parameter: Y and N, or a number.
bool IsOn(std::string_view value) { return value != "N" && value != "0"; }

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  const auto module = host.Get(meta::kKvmModule);
  if (!module) return host.NotRecorded("which module of KVM is loaded, and how");
  if (module == "none") return host.Say(Outcome::kNotApplicable, "KVM is not loaded.");
  const auto get = [&](std::string_view parameter) {
    return host.Get(fmt::format("{}.{}", *module, parameter));
  };
  for (const Parameter& wanted : kParameters) {
    const std::string_view choice = host.Choice(wanted.name);
    if (choice == "any") continue;
    const auto value = get(wanted.name);
    const bool on = value && IsOn(*value);
    if (on == (choice == "on")) continue;
    return host.Say(
        Outcome::kFail,
        value ? fmt::format("{}.{} is {} and should be {}.", *module, wanted.name, *value, choice)
              : fmt::format("{} has no parameter {}, which should be {}.", *module, wanted.name,
                            choice));
  }
  const std::string_view paging = module == "kvm_intel" ? "ept" : "npt";
  const auto nested_paging = get(paging);
  if (!nested_paging) return host.NotRecorded("whether KVM uses nested page tables");
  if (!IsOn(*nested_paging)) {
    return host.Say(Outcome::kWarn,
                    fmt::format("{}.{} is {}: guests run on shadow page tables, which is slow.",
                                *module, paging, *nested_paging));
  }
  return host.Say(Outcome::kPass,
                  fmt::format("{} is loaded, with {} = {} and nested = {}.", *module, paging,
                              *nested_paging, get("nested").value_or("(not recorded)")));
}

}  // namespace

const Rule kHostKvmParameters{
    .id = "host.kvm_parameters",
    .title = "KVM is loaded with what its guests need",
    .spec =
        "[linux/kernel-parameters] kvm-intel.ept, kvm-amd.npt, kvm-intel.nested, kvm-amd.nested",
    .severity = Severity::kMedium,
    .remedy =
        "Set the parameter in /etc/modprobe.d (options kvm_intel nested=1) and load the "
        "module again; a feature that the CPU lacks stays off.",
    .parameters = kParameters,
    .in_guests = true,
    .judge = Judge};

}  // namespace vtprobe::rules
