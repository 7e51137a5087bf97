// A cursor that takes fixed words and numbers off the front of a line. Nothing
// here allocates.

#ifndef VTPROBE_PROBES_IMPORT_SRC_SCANNER_H_
#define VTPROBE_PROBES_IMPORT_SRC_SCANNER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "characters.h"

namespace vtprobe::import {

// A cursor over one line. What is not there is not taken: the cursor stays.
class Scanner {
 public:
  explicit constexpr Scanner(std::string_view text) : rest_(text) {}

  constexpr std::string_view rest() const { return rest_; }
  constexpr bool AtEnd() const { return rest_.empty(); }
  constexpr bool AtBlankOrEnd() const { return rest_.empty() || IsBlank(rest_.front()); }

  // True if there was at least one.
  constexpr bool SkipBlanks() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
    return rest_.size() != before;
  }

  constexpr bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  constexpr bool Take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  // Up to the next blank or the end.
  constexpr std::string_view TakeWord() {
    std::size_t length = 0;
    while (length < rest_.size() && !IsBlank(rest_[length])) ++length;
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return word;
  }

  // Exactly so many hexadecimal digits, whatever stands behind them.
  template <typename Unsigned, std::size_t kDigits = 2 * sizeof(Unsigned)>
  constexpr bool TakeHexDigits(Unsigned* value) {
    static_assert(kDigits <= 2 * sizeof(Unsigned));
    if (rest_.size() < kDigits) return false;
    Unsigned result = 0;
    std::uint8_t seen = 0;
    for (std::size_t i = 0; i < kDigits; ++i) {
      const std::uint8_t digit = HexDigit(rest_[i]);
      seen |= digit;
      result = static_cast<Unsigned>(result << 4 | (digit & 0xf));
    }
    if (seen > 0xf) return false;
    *value = result;
    rest_.remove_prefix(kDigits);
    return true;
  }

  // All the hexadecimal digits that stand here; nothing if there are none, or
  // if the number does not fit.
  template <typename Unsigned>
  constexpr std::optional<Unsigned> TakeHex() {
    std::size_t length = 0;
    Unsigned value = 0;
    while (length < rest_.size() && IsHexDigit(rest_[length])) {
      if (value > std::numeric_limits<Unsigned>::max() >> 4) return std::nullopt;
      value = static_cast<Unsigned>(value << 4 | HexDigit(rest_[length]));
      ++length;
    }
    if (length == 0) return std::nullopt;
    rest_.remove_prefix(length);
    return value;
  }

  constexpr bool TakeHexPrefix() { return Take("0x") || Take("0X"); }

  // "0x1f".
  template <typename Unsigned>
  constexpr std::optional<Unsigned> TakePrefixedHex() {
    const std::string_view before = rest_;
    if (TakeHexPrefix()) {
      if (const std::optional<Unsigned> value = TakeHex<Unsigned>()) return value;
    }
    rest_ = before;
    return std::nullopt;
  }

  // A number as C writes it: 0x1f, 037 or 31. Nothing, and nothing taken, unless
  // it is a whole word and fits.
  constexpr std::optional<std::uint32_t> TakeCNumber() {
    Scanner ahead = *this;
    const bool is_hex = ahead.TakeHexPrefix();
    const std::uint64_t base = is_hex ? 16 : ahead.rest_.starts_with('0') ? 8 : 10;
    const std::string_view digits = ahead.TakeWord();
    if (digits.empty()) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits) {
      const std::uint8_t digit = HexDigit(c);
      if (digit >= base) return std::nullopt;
      value = value * base + digit;
      if (value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    }
    *this = ahead;
    return static_cast<std::uint32_t>(value);
  }

  // All the decimal digits that stand here. One that does not fit becomes the
  // greatest number: no CPU has it.
  constexpr std::optional<std::uint32_t> TakeDecimal() {
    constexpr std::uint64_t kMax = std::numeric_limits<std::uint32_t>::max();
    std::uint64_t value = 0;
    std::size_t length = 0;
    for (; length < rest_.size() && IsDecimalDigit(rest_[length]); ++length) {
      value = value * 10 + static_cast<std::uint64_t>(rest_[length] - '0');
      if (value > kMax) value = kMax;
    }
    if (length == 0) return std::nullopt;
    rest_.remove_prefix(length);
    return static_cast<std::uint32_t>(value);
  }

 private:
  std::string_view rest_;
};

// So many digits have EAX, EBX, ECX and EDX on a line of a program that writes
// eight each. Where only the last one is shorter, the line was cut off in it.
inline constexpr bool IsCutOff(const std::array<std::size_t, 4>& digits) {
  constexpr std::size_t kAll = 8;
  return digits[0] == kAll && digits[1] == kAll && digits[2] == kAll && digits[3] < kAll;
}

}  // namespace vtprobe::import

#endif  // VTPROBE_PROBES_IMPORT_SRC_SCANNER_H_
