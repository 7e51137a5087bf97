#include "rules/rules.h"

#include <algorithm>
#include <utility>

namespace vtprobe::rules {

Finding MakeFinding(const Rule& rule, Outcome outcome, CpuSet cpus, std::string message) {
  Finding finding;
  finding.rule = rule.id;
  finding.outcome = outcome;
  finding.severity = rule.severity;
  finding.cpus = std::move(cpus);
  finding.message = std::move(message);
  finding.spec = rule.spec;
  return finding;
}

CpuSet OutsideLargest(const std::vector<CpuSet>& groups) {
  std::size_t largest = 0;
  for (const CpuSet& group : groups) largest = std::max(largest, group.Count());
  const bool tie = std::count_if(groups.begin(), groups.end(),
                                 [&](const CpuSet& group) { return group.Count() == largest; }) > 1;
  CpuSet outside;
  for (const CpuSet& group : groups) {
    if (tie || group.Count() < largest) outside = outside.Union(group);
  }
  return outside;
}

}  // namespace vtprobe::rules
