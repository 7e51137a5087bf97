// The kernel says which microcode the CPUs run, and so does each CPU. Where they
// disagree, one of the two is not what it seems: an update that was loaded late
// and missed a CPU, or a recording put together from two machines.

#include <fmt/format.h>

#include <set>

#include "alike_cpus.h"
#include "host_facts.h"
#include "rules.h"
#include "vtprobe/hal/numbers.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kBiosSignId;

using Revisions = std::set<std::uint32_t>;

// "0x22, 0x28"; empty if it is anything else.
Revisions ParseRevisions(std::string_view text) {
  static constexpr std::string_view kPrefix = "0x";
  static constexpr std::string_view kSeparator = ", ";
  Revisions revisions;
  while (text.starts_with(kPrefix)) {
    text.remove_prefix(kPrefix.size());
    const auto revision = TakeDigits<std::uint32_t>(&text, 16);
    if (!revision) return {};
    revisions.insert(*revision);
    if (text.empty()) return revisions;
    if (!text.starts_with(kSeparator)) return {};
    text.remove_prefix(kSeparator.size());
  }
  return {};
}

std::uint32_t RevisionOf(const RegisterView& cpu) {
  const std::uint64_t value = *cpu.Msr(kBiosSignId.address);
  const bool amd = registers::Meets(cpu, registers::kAmdCompatible) == Presence::kPresent;
  return static_cast<std::uint32_t>(amd ? kBiosSignId["PATCH_LEVEL"].Extract(value)
                                        : kBiosSignId["MICROCODE_REVISION"].Extract(value));
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  const auto text = host.Get(meta::kMicrocode);
  const Revisions named = text ? ParseRevisions(*text) : Revisions();
  if (named.empty()) return host.NotRecorded("which microcode the kernel says the CPUs run");
  Findings findings(rule);
  ForEachCpu(rule, input, &findings, [&](const AlikeCpus& alike) {
    const std::uint32_t revision = RevisionOf(alike.registers);
    const bool known = named.contains(revision);
    findings.Add(alike.cpus,
                 {known ? Outcome::kPass : Outcome::kWarn,
                  known ? fmt::format("CPUs and kernel name the same microcode: {}.", *text)
                        : fmt::format("IA32_BIOS_SIGN_ID says {:#x}, and the kernel says {}.",
                                      revision, *text)},
                 alike.registers);
  });
  return findings.Take();
}

}  // namespace

const Rule kHostMicrocode{
    .id = "host.microcode_agrees",
    .title = "The kernel names the microcode that the CPUs name",
    .spec = "[intel/sdm-vol3] 10.11.7.1, [linux/microcode]",
    .severity = Severity::kLow,
    .remedy = "Reboot, so that the update is loaded early and on every CPU, and look again.",
    .msrs = {&kBiosSignId},
    .judge = Judge};

}  // namespace vtprobe::rules
