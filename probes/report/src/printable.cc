#include "vtprobe/report/printable.h"

#include <algorithm>

#include "vtprobe/hal/utf8.h"

namespace vtprobe {
namespace {

// The code point of well-formed UTF-8 of `length` bytes.
char32_t CodePoint(std::string_view text, std::size_t length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return byte(0);
  char32_t code = byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3fu);
  return code;
}

// Unicode's line separators and bidirectional formatting characters.
bool TurnsTheLine(char32_t code) {
  return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = PrintableLength(text);
    if (length == 0 || TurnsTheLine(CodePoint(text, length))) {
      safe += '?';
    } else {
      safe += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return safe;
}

}  // namespace vtprobe
