// Characters as the texts of other programs use them, whatever the locale.

#ifndef VTPROBE_PROBES_IMPORT_SRC_CHARACTERS_H_
#define VTPROBE_PROBES_IMPORT_SRC_CHARACTERS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vtprobe::import {

inline constexpr bool IsBlank(char c) { return c == ' ' || c == '\t'; }
inline constexpr bool IsDecimalDigit(char c) { return c >= '0' && c <= '9'; }

// A letter, a digit or "_".
inline constexpr bool IsWordCharacter(char c) {
  return IsDecimalDigit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

inline constexpr bool HasUpperCase(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

inline constexpr std::uint8_t kNoHexDigit = 0xff;

inline constexpr std::array<std::uint8_t, 256> kHexDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  for (std::uint8_t& digit : digits) digit = kNoHexDigit;
  for (std::uint8_t i = 0; i < 10; ++i) digits[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 0; i < 6; ++i) {
    digits[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
    digits[static_cast<std::size_t>('A' + i)] = static_cast<std::uint8_t>(10 + i);
  }
  return digits;
}();

inline constexpr std::uint8_t HexDigit(char c) { return kHexDigits[static_cast<unsigned char>(c)]; }
inline constexpr bool IsHexDigit(char c) { return HexDigit(c) != kNoHexDigit; }

inline constexpr std::string_view WithoutBlanksAtEnd(std::string_view text) {
  while (!text.empty() && (IsBlank(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// Without blanks and tabs at both ends, and without a CR at the end.
inline constexpr std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  return WithoutBlanksAtEnd(text);
}

// What stands behind the last blank: nothing where the text ends with one.
inline constexpr std::string_view LastWord(std::string_view text) {
  const std::size_t blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_CHARACTERS_H_
