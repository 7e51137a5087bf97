// Digits to numbers: no sign, no blank, and nothing that does not fit.

#ifndef VTPROBE_HAL_NUMBERS_H_
#define VTPROBE_HAL_NUMBERS_H_

#include <charconv>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

namespace vtprobe {

// Takes all the digits of that base off the front. Nothing, and nothing taken, if
// there are none or the number does not fit.
template <std::unsigned_integral Number>
std::optional<Number> TakeDigits(std::string_view* text, int base) {
  Number value = 0;
  const char* const begin = text->data();
  const auto [end, error] = std::from_chars(begin, begin + text->size(), value, base);
  if (error != std::errc{}) return std::nullopt;
  text->remove_prefix(static_cast<std::size_t>(end - begin));
  return value;
}

// Nothing if the text as a whole is not a number of that base.
template <std::unsigned_integral Number>
std::optional<Number> ParseDigits(std::string_view text, int base) {
  const auto value = TakeDigits<Number>(&text, base);
  return text.empty() ? value : std::nullopt;
}

// "0x1f".
template <std::unsigned_integral Number>
std::optional<Number> ParsePrefixedHex(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  return ParseDigits<Number>(text.substr(2), 16);
}

}  // namespace vtprobe

#endif  // VTPROBE_HAL_NUMBERS_H_
