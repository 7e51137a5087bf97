// What each rule found: those that fail first, each with why and what to do.

#ifndef VTPROBE_PROBES_REPORT_SRC_HTML_FINDINGS_H_
#define VTPROBE_PROBES_REPORT_SRC_HTML_FINDINGS_H_

#include <string>
#include <string_view>

#include "html.h"
#include "vtprobe/report/report.h"

namespace vtprobe {

// The outcome in a word, with its sign; what does not count is advice.
Markup OutcomeBadge(Outcome outcome, bool counted);

// Each can be linked to: its id is `page_id`, the rule's, and where a rule has
// several findings their number. What is right or not known is folded away, but for
// what counts; in brief its rules are named and no more.
Markup HtmlFindings(const Report& report, std::string_view page_id, HtmlDetail detail);

// "1 fail, 16 pass" of all findings.
std::string FindingsSummary(const Report& report);

// What a vendor needs to know: the answer, the machine, and what fails and where.
std::string TicketText(const Report& report);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_HTML_FINDINGS_H_
