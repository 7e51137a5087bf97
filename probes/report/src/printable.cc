#include "vtprobe/report/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "vtprobe/hal/utf8.h"

namespace vtprobe {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// What is not seen, or changes how other characters are seen: the general
// categories Cf, Zl and Zp, and whatever has the property
// Default_Ignorable_Code_Point. Unicode 15.0, UnicodeData.txt and
// DerivedCoreProperties.txt. Ascending.
constexpr std::array kUnseen = {
    Range{0x00ad, 0x00ad},    // soft hyphen
    Range{0x034f, 0x034f},    // combining grapheme joiner
    Range{0x0600, 0x0605},    // Arabic number signs
    Range{0x061c, 0x061c},    // Arabic letter mark
    Range{0x06dd, 0x06dd},    // Arabic end of ayah
    Range{0x070f, 0x070f},    // Syriac abbreviation mark
    Range{0x0890, 0x0891},    // Arabic currency marks
    Range{0x08e2, 0x08e2},    // Arabic disputed end of ayah
    Range{0x115f, 0x1160},    // Hangul fillers
    Range{0x17b4, 0x17b5},    // Khmer inherent vowels
    Range{0x180b, 0x180f},    // Mongolian variation selectors, vowel separator
    Range{0x200b, 0x200f},    // zero width, marks of direction
    Range{0x2028, 0x202e},    // separators, embeddings and overrides of direction
    Range{0x2060, 0x206f},    // word joiner, invisible operators, isolates
    Range{0x3164, 0x3164},    // Hangul filler
    Range{0xfe00, 0xfe0f},    // variation selectors
    Range{0xfeff, 0xfeff},    // byte order mark
    Range{0xffa0, 0xffa0},    // halfwidth Hangul filler
    Range{0xfff0, 0xfffb},    // reserved, interlinear annotation
    Range{0x110bd, 0x110bd},  // Kaithi number sign
    Range{0x110cd, 0x110cd},  // Kaithi number sign above
    Range{0x13430, 0x1343f},  // Egyptian hieroglyph joiners
    Range{0x1bca0, 0x1bca3},  // shorthand format controls
    Range{0x1d173, 0x1d17a},  // musical beams, slurs and phrases
    Range{0xe0000, 0xe0fff},  // tags, variation selectors
};

// Unicode 15.0, 23.7: for use within a program only. XML 1.0 forbids two of them.
constexpr bool IsNoncharacter(char32_t code) {
  return (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
}

bool IsUnseen(char32_t code) {
  const auto* const range =
      std::partition_point(kUnseen.begin(), kUnseen.end(),
                           [&](const Range& candidate) { return candidate.last < code; });
  return range != kUnseen.end() && range->first <= code;
}

// The code point of well-formed UTF-8 of `length` bytes.
char32_t CodePoint(std::string_view text, std::size_t length) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (length == 1) return byte(0);
  char32_t code = byte(0) & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6 | (byte(i) & 0x3fu);
  return code;
}

// How much of the text can be shown as it is.
std::size_t PlainLength(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t length = PrintableLength(text.substr(size));
    if (length == 0) break;
    if (length > 1) {
      const char32_t code = CodePoint(text.substr(size), length);
      if (IsUnseen(code) || IsNoncharacter(code)) break;
    }
    size += length;
  }
  return size;
}

}  // namespace

bool IsPrintable(std::string_view text) { return PlainLength(text) == text.size(); }

std::string Printable(std::string_view text) {
  std::string safe;
  while (true) {
    const std::size_t plain = PlainLength(text);
    safe += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return safe;
    const std::size_t length = PrintableLength(text);
    if (length == 0) {
      safe += '?';
    } else {
      safe += fmt::format("<U+{:04X}>", static_cast<std::uint32_t>(CodePoint(text, length)));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

std::string Ascii(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kSigns = {{
      {"\u00b7", "|"},
      {"\u2192", "->"},
  }};
  std::string ascii;
  while (!text.empty()) {
    const auto* const sign = std::find_if(
        kSigns.begin(), kSigns.end(), [&](const auto& row) { return text.starts_with(row.first); });
    if (sign != kSigns.end()) {
      ascii += sign->second;
      text.remove_prefix(sign->first.size());
      continue;
    }
    const auto byte = static_cast<unsigned char>(text.front());
    const bool is_rest = (byte & 0xc0) == 0x80;
    if (!is_rest) ascii += byte < 0x80 ? text.front() : '?';
    text.remove_prefix(1);
  }
  return ascii;
}

}  // namespace vtprobe
