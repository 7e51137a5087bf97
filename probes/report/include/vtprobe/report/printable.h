// The gate that text from elsewhere passes on its way out, whatever the format:
// a board's name, a path, what a kernel said.

#ifndef VTPROBE_REPORT_PRINTABLE_H_
#define VTPROBE_REPORT_PRINTABLE_H_

#include <string>
#include <string_view>

namespace vtprobe {

// The text without anything that would steer a terminal, turn the direction of
// writing, hide, or make a document that its format's parsers refuse. Each
// control character and each byte that is no UTF-8 becomes '?'. Each character
// that is not seen (of general category Cf, Zl or Zp, or ignorable by default)
// and each noncharacter is named instead: "<U+200B>".
std::string Printable(std::string_view text);

// Whether Printable() would change nothing.
bool IsPrintable(std::string_view text);

// The text in ASCII: signs of a report in others that say the same, and '?' for
// each other character.
std::string Ascii(std::string_view text);

}  // namespace vtprobe

#endif  // VTPROBE_REPORT_PRINTABLE_H_
