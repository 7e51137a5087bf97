// The firmware of AMD's Secure Processor, without which no SEV-SNP guest starts: it is
// initialized, it found no memory that answers to two addresses, and what it reports
// of itself is what runs.

#include <fmt/format.h>

#include <string>

#include "host_facts.h"
#include "rules.h"
#include "vtprobe/registers/cpuid.h"

namespace vtprobe::rules {
namespace {

constexpr Requirement kOffersSnp = registers::AllOf(registers::kAmdCompatible, registers::kSnp);

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable,
                    "This is a guest: the Secure Processor is its "
                    "host's.");
  }
  if (host.Lacks(kOffersSnp)) {
    return host.Say(Outcome::kNotApplicable, "These CPUs do not offer SEV-SNP.");
  }
  const auto parameter = host.Get("kvm_amd.sev_snp");
  if (parameter && *parameter != "Y") {
    return host.Say(Outcome::kNotApplicable, "KVM does not run SEV-SNP guests here.");
  }
  const auto state = host.Get(meta::kSnpState);
  if (!state) return host.NotRecorded("what state the firmware of SEV-SNP is in (/dev/sev)");
  if (state != "init") {
    return host.Say(Outcome::kFail, "The firmware of SEV-SNP is not initialized.");
  }
  if (host.Get(meta::kSnpRmp) == "no") {
    return host.Say(Outcome::kFail, "The firmware has not initialized the reverse map table.");
  }
  std::string odd;
  if (host.Get(meta::kSnpAliasCheck) == "no") {
    odd =
        " It has not made sure that no memory answers to two addresses (CVE-2024-21944), or is "
        "too old to.";
  }
  const auto tcb = host.Get(meta::kSnpTcb);
  const auto reported = host.Get(meta::kSnpReportedTcb);
  if (tcb && reported && *tcb != *reported) {
    odd += fmt::format(" Reports name versions {}, and installed are {}.", *reported, *tcb);
  }
  const std::string runs =
      fmt::format("The firmware of SEV-SNP is {}, and initialized.",
                  host.Get(meta::kSnpFirmware).value_or("of a version that is not recorded"));
  return host.Say(odd.empty() ? Outcome::kPass : Outcome::kWarn, runs + odd);
}

}  // namespace

const Rule kHostSnpFirmware{
    .id = "host.snp_firmware",
    .title = "The firmware of SEV-SNP is initialized, and reports what runs",
    .spec = "[linux/ccp] include/uapi/linux/psp-sev.h, drivers/crypto/ccp/sev-dev.c",
    .severity = Severity::kHigh,
    .remedy =
        "Update the machine's firmware and amd_sev_fam*.sbin of the operating system, reboot, "
        "and look at what the kernel's log has of ccp; snphost commit makes reports name what is "
        "installed.",
    .judge = Judge};

}  // namespace vtprobe::rules
