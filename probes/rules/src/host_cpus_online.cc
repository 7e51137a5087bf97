// Firmware announces the CPUs to the system in a table of ACPI. One that the kernel
// does not have online is paid for and does nothing: somebody switched it off, or it
// did not start.

#include <fmt/format.h>

#include <cstddef>
#include <optional>

#include "host_facts.h"
#include "rules.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::rules {
namespace {

std::optional<std::size_t> Count(const HostFacts& host, std::string_view key) {
  const auto text = host.Get(key);
  if (!text) return std::nullopt;
  return ParseDigits<std::size_t>(*text, 10);
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: its host makes up how many CPUs.");
  }
  const auto announced = Count(host, meta::kCpusAnnounced);
  if (!announced) return host.NotRecorded("how many CPUs firmware announces (ACPI's MADT)");
  const auto online = Count(host, meta::kCpusOnline);
  if (!online) return host.NotRecorded("how many CPUs the kernel had online");
  if (*online < *announced) {
    return host.Say(Outcome::kWarn, fmt::format("Firmware announces {} CPUs, of which {} are "
                                                "online.",
                                                *announced, *online));
  }
  return host.Say(Outcome::kPass,
                  fmt::format("All {} CPUs that firmware announces are online.", *announced));
}

}  // namespace

const Rule kHostCpusOnline{
    .id = "host.cpus_online",
    .title = "All CPUs that firmware announces are online",
    .spec = "[acpi/spec] 5.2.12",
    .severity = Severity::kMedium,
    .remedy =
        "Look at /sys/devices/system/cpu/offline and the kernel's parameters (nosmt, maxcpus, "
        "nr_cpus); a CPU that did not start stands in the kernel's log.",
    .judge = Judge};

}  // namespace vtprobe::rules
