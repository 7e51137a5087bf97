// Just enough UTF-8 to keep text that is none, or that would steer a terminal,
// out of recordings and reports.

#ifndef VTPROBE_HAL_UTF8_H_
#define VTPROBE_HAL_UTF8_H_

#include <cstddef>
#include <string_view>

namespace vtprobe {

// The length in bytes of the printable character that `text` starts with: 0 if
// it starts with a control character (C0, DEL, C1) or with bytes that are not
// well-formed UTF-8 (Unicode 15, table 3-7). Requires !text.empty().
std::size_t PrintableLength(std::string_view text);

// How many bytes of printable ASCII `text` starts with: each is a character, and nearly
// all texts are nothing else.
std::size_t PrintableAsciiLength(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_HAL_UTF8_H_
