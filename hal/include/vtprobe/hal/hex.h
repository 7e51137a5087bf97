// Numbers as dumps, metadata and reports spell them: "0x3a", without leading
// zeros. Much of what is said of each CPU, where no two are alike, is numbers.

#ifndef VTPROBE_HAL_HEX_H_
#define VTPROBE_HAL_HEX_H_

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace vtprobe {

inline void AppendHex(std::uint64_t number, std::string* text) {
  std::array<char, 2 + 16> digits{'0', 'x'};
  const auto [end, error] =
      std::to_chars(digits.data() + 2, digits.data() + digits.size(), number, 16);
  text->append(digits.data(), end);
}

inline std::string HexText(std::uint64_t number) {
  std::string text;
  AppendHex(number, &text);
  return text;
}

}  // namespace vtprobe

#endif  // VTPROBE_HAL_HEX_H_
