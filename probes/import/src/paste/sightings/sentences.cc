// What people write in a sentence: "IA32_FEATURE_CONTROL is 0x5 on all cores."
//
// Taken only where the sentence says that and nothing else. What it should be, was
// once, or is on another machine has the same words in it.

#include <algorithm>
#include <array>
#include <string>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
namespace {

bool TakeOneOf(std::initializer_list<std::string_view> words, Scanner* scanner) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return scanner->Take(word); });
}

// "0x5", "5h"; of a digit alone it does not matter in which base it is.
std::optional<std::uint64_t> TakeSpokenNumber(Scanner* scanner) {
  Scanner ahead = *scanner;
  const bool is_prefixed = ahead.TakeHexPrefix();
  const std::string_view before = ahead.rest();
  const auto value = ahead.TakeHex<std::uint64_t>();
  if (!value) return std::nullopt;
  const std::size_t digits = before.size() - ahead.rest().size();
  const bool is_suffixed = !is_prefixed && ahead.Take('h');
  const bool is_one_digit = digits == 1 && *value < 10;
  if (!is_prefixed && !is_suffixed && !is_one_digit) return std::nullopt;
  if (!ahead.AtEnd() && IsWordCharacter(ahead.rest().front())) return std::nullopt;
  *scanner = ahead;
  return value;
}

// The register, by its name, its address, or both: "IA32_FEATURE_CONTROL (0x3a)".
std::optional<MsrAddress> TakeSpokenRegister(Scanner* scanner) {
  TakeOneOf({"the ", "my "}, scanner);
  std::optional<MsrAddress> address;
  Scanner ahead = *scanner;
  const bool is_msr = ahead.Take("msr ");
  if (const auto number = is_msr ? TakeSpokenNumber(&ahead) : std::nullopt;
      number && *number <= 0xffff'ffff) {
    address = MsrAddress{static_cast<std::uint32_t>(*number)};
  } else {
    std::size_t length = 0;
    while (length < ahead.rest().size() && IsWordCharacter(ahead.rest()[length])) ++length;
    const std::string_view name = ahead.rest().substr(0, length);
    if (name.find('_') == std::string_view::npos) return std::nullopt;
    address = AddressOf(name);
    ahead = Scanner(ahead.rest().substr(length));
  }
  if (!address) return std::nullopt;
  if (ahead.Take(" (")) {
    ahead.Take("msr ");
    if (TakeSpokenNumber(&ahead) != std::uint64_t{Number(*address)} || !ahead.Take(')')) {
      return std::nullopt;
    }
  }
  *scanner = ahead;
  return address;
}

// " on all cores", " on cpu 3": nothing where it says something else.
std::optional<Whose> TakeSpokenCpus(Scanner* scanner) {
  if (!scanner->Take(" on ") && !scanner->Take(" for ")) return Whose::One();
  if (TakeOneOf({"all ", "every ", "each "}, scanner)) {
    TakeOneOf({"cpu ", "logical "}, scanner);
    const bool is_cpus = TakeOneOf(
        {"cores", "core", "cpus", "cpu", "threads", "thread", "processors", "processor"}, scanner);
    return is_cpus ? std::optional(Whose::One()) : std::nullopt;
  }
  if (!TakeOneOf({"cpu ", "core "}, scanner)) return std::nullopt;
  return CpuOf(scanner->TakeDecimal());
}

}  // namespace

Fate SeeSentence(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  Scanner scanner(lower);
  const auto address = TakeSpokenRegister(&scanner);
  const bool is_said =
      address && TakeOneOf({" is set to ", " is ", " reads as ", " reads ", " returns ", " holds ",
                            " contains ", " has the value "},
                           &scanner);
  const auto value = is_said ? TakeSpokenNumber(&scanner) : std::nullopt;
  if (value) {
    const auto whose = TakeSpokenCpus(&scanner);
    TakeOneOf({".", ","}, &scanner);
    if (whose && scanner.AtEnd()) {
      reading->evidence.AddMsr(*whose, *address, *value, line.number);
      return Fate::kUsed;
    }
  }
  // A register and a number in other words.
  const bool has_number = lower.find(" 0x") != std::string::npos;
  const bool is_equated = lower.find(" is 0x") != std::string::npos ||
                          lower.find(" reads 0x") != std::string::npos || value.has_value();
  return has_number && is_equated ? Fate::kNotUnderstood
                                  : (value ? Fate::kNotUnderstood : Fate::kNothing);
}

}  // namespace vtprobe::import
