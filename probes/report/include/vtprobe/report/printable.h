// Text from elsewhere, made safe to show on a terminal.

#ifndef VTPROBE_REPORT_PRINTABLE_H_
#define VTPROBE_REPORT_PRINTABLE_H_

#include <string>
#include <string_view>

namespace vtprobe {

// The text without anything that would steer a terminal or turn the direction
// of writing: each control character, each byte that is no UTF-8, each line
// separator and bidirectional mark becomes '?'.
std::string Printable(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_PRINTABLE_H_
