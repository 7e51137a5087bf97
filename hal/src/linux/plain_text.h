// Telling text from garbage, and taking it apart line by line.

#ifndef VTPROBE_HAL_SRC_LINUX_PLAIN_TEXT_H_
#define VTPROBE_HAL_SRC_LINUX_PLAIN_TEXT_H_

#include <optional>
#include <string_view>

namespace vtprobe {

// One line of valid UTF-8 without control characters. Metadata would make a value
// of anything; here, what is no text is no value.
bool IsPlainText(std::string_view text);

// Takes the next line off the front of `*rest`, without its newline; nothing at
// the end. A last line that lacks the newline counts.
std::optional<std::string_view> TakeLine(std::string_view* rest);

// `text` without the blanks and tabs around it.
std::string_view Trimmed(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_SRC_LINUX_PLAIN_TEXT_H_
