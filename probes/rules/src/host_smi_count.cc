// System-management interrupts take a CPU away from guests and from the kernel, which
// sees none of it. Some while somebody watched is worth a warning; whether a machine is
// quiet enough is for its owner to say.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alike_cpus.h"
#include "host_facts.h"
#include "rules.h"
#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/hal/numbers.h"
#include "vtprobe/registers/gates.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using OfCpus = std::vector<std::pair<CpuSet, std::string_view>>;

// The CPUs that lists name, and how many these are with those that are named twice.
struct Named {
  CpuGathering cpus;
  std::size_t count = 0;
};

// "0-3=0 4=7", of online CPUs, all of which are added to `named`. Nothing for any other
// text.
std::optional<OfCpus> Parse(std::string_view text, const CpuSet& online, Named* named) {
  OfCpus all;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto cpus = CpuSet::Parse(one.substr(0, equals));
    if (!cpus) return std::nullopt;
    named->cpus.Add(*cpus);
    named->count += cpus->Count();
    CpuSet some = cpus->Intersection(online);
    if (!some.empty()) all.emplace_back(std::move(some), one.substr(equals + 1));
  }
  return all;
}

constexpr std::size_t kMostNamed = 8;

// "0 on CPUs 0-3, 7 on CPU 4"
std::string Words(const std::map<std::uint32_t, CpuSet>& counts) {
  std::string text;
  std::size_t named = 0;
  for (auto count = counts.rbegin(); count != counts.rend() && named < kMostNamed; ++count) {
    text += fmt::format("{}{} on {} {}", named++ == 0 ? "" : ", ", count->first,
                        count->second.Count() == 1 ? "CPU" : "CPUs", count->second.ToString());
  }
  if (counts.size() > kMostNamed) text += fmt::format(", {} more", counts.size() - kMostNamed);
  return text;
}

std::vector<Finding> Judge(const Rule& rule, const RuleInput& input) {
  const HostFacts host(rule, input);
  const CpuSet& online = input.snapshot.online();
  if (host.IsGuest()) {
    return host.Say(Outcome::kNotApplicable, "This is a guest: SMIs are its host's.");
  }
  if (host.Lacks(registers::kSmiCount.present->requirement)) {
    return host.Say(Outcome::kNotApplicable, "These CPUs have no MSR_SMI_COUNT.");
  }
  const auto watched = host.Get(meta::kSmiWatchedMs);
  if (!watched) {
    return host.Say(Outcome::kNotApplicable,
                    "Nobody watched the count (vtprobe check --watch-smi SECONDS).");
  }
  const auto time = ParseDigits<std::uint64_t>(*watched, 10);
  Named named;
  const auto grew = Parse(host.Get(meta::kSmiGrew).value_or(""), online, &named);
  const auto unread = Parse(host.Get(meta::kSmiUnread).value_or(""), online, &named);
  std::map<std::uint32_t, CpuGathering> gathered;
  bool is_plain = time && grew && unread && named.cpus.Together().Count() == named.count;
  if (is_plain) {
    for (const auto& [cpus, number] : *grew) {
      const auto count = ParseDigits<std::uint32_t>(number, 10);
      is_plain = is_plain && count;
      if (count) gathered[*count].Add(cpus);
    }
  }
  if (!is_plain) return host.NotRecorded("how many SMIs there were");
  std::map<std::uint32_t, CpuSet> counts;
  CpuGathering interrupted;
  CpuGathering counted;
  for (const auto& [count, cpus] : gathered) {
    counts.emplace(count, cpus.Together());
    counted.Add(counts.at(count));
    if (count != 0) interrupted.Add(counts.at(count));
  }
  const std::string in_time = fmt::format("{}.{} s", *time / 1000, *time % 1000 / 100);
  Findings findings(rule);
  const std::vector<Evidence> none;
  const CpuSet all = counted.Together();
  if (const CpuSet cpus = interrupted.Together(); !cpus.empty()) {
    findings.Add(cpus, {Outcome::kWarn, fmt::format("SMIs in {}: {}.", in_time, Words(counts))},
                 none);
  } else if (!all.empty()) {
    findings.Add(all, {Outcome::kPass, fmt::format("No SMI in {}.", in_time)}, none);
  }
  CpuSet lacking = online.Difference(all);
  for (const auto& [cpus, name] : *unread) {
    const AccessCode code = AccessCodeFromName(name).value_or(AccessCode::kNotRecorded);
    findings.AddUnread(cpus, NotRead(registers::kSmiCount.name, code), code, none);
    lacking = lacking.Difference(cpus);
  }
  for (const SnapshotRow& kind : input.kinds()) {
    const CpuSet cpus = lacking.Intersection(kind.cpus());
    if (cpus.empty()) continue;
    if (registers::Meets(kind, registers::kSmiCount.present->requirement) == Presence::kAbsent) {
      findings.AddExempt(cpus, "MSR_SMI_COUNT was not asked of these CPUs, which do not have it.");
    } else {
      const AccessCode code = AccessCode::kNotRecorded;
      findings.AddUnread(cpus, NotRead(registers::kSmiCount.name, code), code, none);
    }
  }
  return findings.Take();
}

}  // namespace

const Rule kHostSmiCount{
    .id = "host.smi_count",
    .title = "No system-management interrupt comes while somebody watches",
    .spec = "[intel/sdm-vol4] table 2-15",
    .severity = Severity::kLow,
    .remedy =
        "Look in firmware setup for what uses SMIs (legacy USB, memory patrol and error reports "
        "\"firmware first\", power management), and update the firmware.",
    .reads = [](Selection* selection) { selection->Add(registers::kSmiCount.address); },
    .judge = Judge};

}  // namespace vtprobe::rules
