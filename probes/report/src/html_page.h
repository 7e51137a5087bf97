// The page around what is said: one file that needs no other, and how it says what
// fares well.

#ifndef VTPROBE_PROBES_REPORT_SRC_HTML_PAGE_H_
#define VTPROBE_PROBES_REPORT_SRC_HTML_PAGE_H_

#include <string>
#include <string_view>

#include "html.h"
#include "mood.h"

namespace vtprobe {

// `level` is the element: h1 of the page's answer, h2 of one machine's among others.
Markup HtmlAnswer(std::string_view level, Mood mood, std::string_view text);

// A word beside its sign, which is the mood's as a rule.
Markup HtmlBadge(Mood mood, std::string_view sign, std::string_view label);

// The whole file. `version` is that of the tool.
std::string HtmlPage(std::string_view title, std::string_view version, Markup content);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_HTML_PAGE_H_
