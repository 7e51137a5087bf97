#include "broken_number.h"

#include "characters.h"

namespace vtprobe::import {

std::size_t HexDigitsAtEnd(std::string_view line) {
  std::size_t count = 0;
  while (count < line.size() && IsHexDigit(line[line.size() - 1 - count])) ++count;
  const std::string_view before = line.substr(0, line.size() - count);
  const bool is_prefixed = before.ends_with("0x") || before.ends_with("0X");
  const bool is_word = before.empty() || !IsWordCharacter(before.back());
  return is_prefixed || is_word ? count : 0;
}

std::size_t HexDigitsAtBeginning(std::string_view line) {
  std::size_t count = 0;
  while (count < line.size() && IsHexDigit(line[count])) ++count;
  // Behind a value stands its lower half or its meaning, and not a sentence: "8 *
  // 100.0 = 800.0 MHz".
  const std::string_view rest = line.substr(count);
  if (rest.empty() || rest.starts_with(')') || rest.starts_with(',') || rest.starts_with(":0x")) {
    return count;
  }
  const std::string_view behind = Trimmed(rest);
  const bool is_more =
      behind.starts_with('(') || behind.starts_with(':') || behind.starts_with("0x");
  return IsBlank(rest.front()) && is_more ? count : 0;
}

}  // namespace vtprobe::import
