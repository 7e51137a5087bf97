#include "machine_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "text_layout.h"
#include "vtprobe/hal/metadata.h"

namespace vtprobe {
namespace {

// "1 package, 8 cores, 12 CPUs, performance cores 0-7, efficiency cores 8-11"
std::optional<std::string> TopologyText(const Subject& subject) {
  const Topology& topology = subject.topology;
  std::vector<std::string> parts;
  if (topology.packages && topology.cores && subject.cpus_online.Count() > 1) {
    parts = {Counted(*topology.packages, "package"), Counted(*topology.cores, "core"),
             Counted(subject.cpus_online.Count(), "CPU")};
  }
  for (const CoreTypeGroup& group : topology.core_types) {
    parts.push_back(fmt::format("{} cores {}", group.type, group.cpus.ToString()));
  }
  if (parts.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

std::optional<std::string> SignatureText(const Subject& subject) {
  if (!subject.family || !subject.model_number || !subject.stepping) return std::nullopt;
  return fmt::format("family {:#x} model {:#x} stepping {:#x}", *subject.family,
                     *subject.model_number, *subject.stepping);
}

std::optional<std::string> NumberingDoubt(const Subject& subject) {
  const auto unknown = [&](std::string_view key) {
    return std::any_of(subject.other.begin(), subject.other.end(), [&](const auto& entry) {
      return entry.first == key && entry.second == "unknown";
    });
  };
  const bool several = subject.cpus_online.Count() > 1;
  if (several && unknown(meta::kCpuNumbers)) {
    return fmt::format("the CPUs are not numbered: {} are places in the recording",
                       subject.cpus_online.ToString());
  }
  if (unknown(meta::kCpuNumbers) || unknown(meta::kMsrCpu)) {
    return "which CPU its MSRs are of is not known";
  }
  return std::nullopt;
}

std::vector<std::string> MachineItems(const Report& report, bool all) {
  const Subject& subject = report.subject;
  std::vector<std::string> items;
  const auto add = [&](std::string_view before, const std::optional<std::string>& text) {
    if (text) items.push_back(fmt::format("{}{}", before, *text));
  };
  add("", subject.model ? subject.model : subject.vendor);
  add("", subject.codename);
  if (all) add("", subject.codename_doubt);
  if (all || !subject.model) add("", SignatureText(subject));
  add("", TopologyText(subject));
  add(report.virtualization.partition ? "run by " : "guest of ", subject.hypervisor);
  add("", subject.board);
  std::vector<std::string_view> firmware;
  for (const auto* part :
       {&subject.firmware_vendor, &subject.firmware_version, &subject.firmware_date}) {
    if (*part) firmware.push_back(**part);
  }
  if (!firmware.empty()) items.push_back(fmt::format("firmware {}", fmt::join(firmware, " ")));
  add("", NumberingDoubt(subject));
  if (!subject.microcode.empty()) {
    items.push_back(fmt::format("microcode {}", fmt::join(subject.microcode, ", ")));
  }
  add("kernel ", subject.kernel);
  return items;
}

}  // namespace vtprobe
