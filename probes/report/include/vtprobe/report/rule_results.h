// One result per rule, for formats whose readers follow a test by its name from
// run to run: how many findings a rule has, and on which CPUs, changes.

#ifndef VTPROBE_REPORT_RULE_RESULTS_H_
#define VTPROBE_REPORT_RULE_RESULTS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/report/report.h"
#include "vtprobe/report/report_set.h"

namespace vtprobe {

// What a test's reader is told. kSkipped: there is nothing to hold against the
// machine, and nothing was shown to be right either.
enum class TestResult : std::uint8_t { kPassed, kFailed, kError, kSkipped };

struct RuleResult {
  std::string_view rule;
  std::string_view title;
  TestResult result = TestResult::kPassed;
  std::vector<const Finding*> findings;  // those that count first, and the worst; never empty

  const Finding& worst() const { return *findings.front(); }
};

// In the order of the findings. What does not count is advice: kSkipped where it
// fails or is not known. So something is kFailed where the exit status is 1 or 3,
// kError where it is 2, and neither where it is 0.
std::vector<RuleResult> RuleResults(const Report& report);

// "not_applicable: ...", "advice, fail: ..." of one that is kSkipped.
std::string WhySkipped(const RuleResult& result);

// The test that a recording which can't be read fails, and why in a word:
// "malformed-input", "input-missing".
inline constexpr std::string_view kReadable = "recording.readable";
std::string_view WhyUnread(const UnreadRecording& unread);

// A finding in a few lines: CPUs, message, evidence, spec, remedy. Of more evidence
// than that, the rest is counted.
std::string Detail(const Finding& finding,
                   std::size_t most_evidence = std::numeric_limits<std::size_t>::max());

// "IA32_FEATURE_CONTROL (0x3a) = 0x1"
std::string EvidenceLine(const Evidence& evidence);
// The same of each reading of a finding.
std::vector<std::string> EvidenceLines(const Finding& finding);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_RULE_RESULTS_H_
