// What the rules found, as rows of the text report: what fails first, and what
// is unknown for one reason in one line.

#ifndef VTPROBE_PROBES_REPORT_SRC_FINDING_ROWS_H_
#define VTPROBE_PROBES_REPORT_SRC_FINDING_ROWS_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "text_layout.h"
#include "vtprobe/report/report.h"

namespace vtprobe {

// What is to be done comes first.
inline constexpr std::array kByUrgency = {Outcome::kFail,          Outcome::kWarn,
                                          Outcome::kIndeterminate, Outcome::kWaived,
                                          Outcome::kPass,          Outcome::kNotApplicable};

// In a word as people read it: "n/a", "unknown".
std::string_view OutcomeLabel(Outcome outcome);

// By kByUrgency, and within that the most severe first.
std::vector<const Finding*> ByUrgency(const std::vector<Finding>& findings);

// Blank rows stand before what there is. Verbose: all findings, each by itself,
// with what they rest on.
std::vector<TextRow> FindingRows(const Report& report, bool verbose);

// "Profile kvm-host is NOT met: of 7 rules that count, 1 fail, 6 pass." Requires
// that the report has a profile.
std::string ProfileLine(const Report& report);

// The rules with a finding of that outcome, of those that count or of the others,
// in the order of the findings.
std::vector<std::string_view> RulesThat(Outcome outcome, bool counted, const Report& report);

// The same by their names, and where a name says nothing of what it is about, since a
// profile says that, with the first finding: "profile.cpus (Online cpus: 64, and there
// should be 128)".
std::vector<std::string> RulesInWords(Outcome outcome, bool counted, const Report& report);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_FINDING_ROWS_H_
