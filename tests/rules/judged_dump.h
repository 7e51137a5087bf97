// What a rule finds on a machine that is written down as a dump.

#ifndef VTPROBE_TESTS_RULES_JUDGED_DUMP_H_
#define VTPROBE_TESTS_RULES_JUDGED_DUMP_H_

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/dump.h"
#include "vtprobe/probes/expectations.h"
#include "vtprobe/probes/rule.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// `dump` is one without its first line.
inline std::vector<Finding> JudgeDump(std::string_view rule, const std::string& dump,
                                      const Profile* profile = nullptr) {
  const auto machine = ParseDump("vtprobe-dump 1\n" + dump);
  if (!machine) throw std::logic_error(machine.error().message);
  const VirtualizationVerdict verdict = JudgeVirtualization(*machine);
  return JudgeRule(*FindRule(rule), {*machine, verdict, profile});
}

// The findings as "fail 5; indeterminate 0-4", in their order.
inline std::string Outcomes(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (!text.empty()) text += "; ";
    text += std::string(Name(finding.outcome)) + ' ' + finding.cpus.ToString();
  }
  return text;
}

}  // namespace vtprobe

#endif  // VTPROBE_TESTS_RULES_JUDGED_DUMP_H_
