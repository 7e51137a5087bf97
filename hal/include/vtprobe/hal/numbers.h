// Digits to numbers, all of them or none: no sign, no blank, nothing left over.

#ifndef VTPROBE_HAL_NUMBERS_H_
#define VTPROBE_HAL_NUMBERS_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace vtprobe::import {

// Nothing if the text is not a number of that base, or does not fit.
template <typename Unsigned>
std::optional<Unsigned> ParseDigits(std::string_view text, int base) {
  Unsigned value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// "0x1f".
template <typename Unsigned>
std::optional<Unsigned> ParsePrefixedHex(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  return ParseDigits<Unsigned>(text.substr(2), 16);
}

}  // namespace vtprobe::import

#endif  // VTPROBE_HAL_NUMBERS_H_
