// Text as Markdown shows it, letter by letter.

#ifndef VTPROBE_PROBES_REPORT_SRC_MARKDOWN_H_
#define VTPROBE_PROBES_REPORT_SRC_MARKDOWN_H_

#include <string>
#include <string_view>

namespace vtprobe {

// Without anything that Markdown, or a table of it, takes for its own.
std::string Markdown(std::string_view text);

// That nobody should edit it, but run `vtprobe COMMAND`.
std::string MadeByCommand(std::string_view command);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_REPORT_SRC_MARKDOWN_H_
