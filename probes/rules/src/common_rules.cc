#include "common_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "alike_cpus.h"
#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/hal/hex.h"
#include "vtprobe/probes/expectations.h"

namespace vtprobe::rules {

Opinion ExpectBits(const CheckedCpu& cpu, const MsrDef& msr, std::uint64_t ones,
                   std::uint64_t zeros) {
  const AskedBits value = cpu[msr];
  const std::uint64_t wrong = ((value & ones) ^ ones) | (value & zeros);
  if (wrong == 0) return {};
  std::string text;
  text.reserve(128);
  text.append(msr.name).append(": ");
  const char* separator = "";
  for (const Field& field : msr.fields) {
    if ((wrong & field.mask()) == 0) continue;
    text.append(separator).append(field.name).append(" is ");
    AppendHex(field.Extract(value & field.mask()), &text);
    text.append(" and should be ");
    AppendHex(field.Extract(ones), &text);
    separator = ", ";
  }
  if ((wrong & ~msr.fields.mask()) != 0) {
    text.append(separator).append("reserved bits ");
    AppendHex(wrong & ~msr.fields.mask(), &text);
    text.append(" are wrong");
  }
  text += '.';
  return {Outcome::kFail, std::move(text)};
}

std::vector<Finding> JudgeEachButOdd(const Rule& rule, const RuleInput& input,
                                     std::span<const Rule* const> others) {
  std::vector<Finding> findings = JudgeEachCpu(rule, input);
  const auto any = [&](Outcome outcome) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& finding) { return finding.outcome == outcome; });
  };
  if (!any(Outcome::kFail) || !any(Outcome::kPass)) return findings;
  for (const Rule* const other : others) {
    if (input.profile != nullptr && input.profile->Find(other->id) == nullptr) continue;
    CpuGathering failing;
    for (const Finding& finding : other->judge(*other, input)) {
      if (finding.outcome == Outcome::kFail) failing.Add(finding.cpus);
    }
    const CpuSet odd = failing.Together();
    for (Finding& finding : findings) {
      if (finding.outcome != Outcome::kFail || !odd.Contains(finding.cpus)) continue;
      finding.outcome = Outcome::kNotApplicable;
      finding.follows = other->id;
      finding.message =
          fmt::format("Depends on {}. Other CPUs differ. {}", other->id, finding.message);
      finding.remedy.clear();
    }
  }
  return findings;
}

}  // namespace vtprobe::rules
