// Registers by their address or by their name, as programs and people write them.

#include <algorithm>
#include <string>
#include <vector>

#include "characters.h"
#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"

namespace vtprobe::import {
// inteltool: "MSR 0x0000003A = 0x00000000:0x0000FF07 (NAME)"; cpucontrol: "MSR
// 0x3a: 0x00000000 0x00000005"; both high before low. BITS and people: "MSR
// 0x1c8: 0x0", "CPU 0: MSR 0x3a = 0x5".
Fate SeeMsrLine(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto cpu = TakeCpu(&scanner);
  if (!scanner.Take("MSR ") && !scanner.Take("msr ")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address) return Fate::kNothing;
  scanner.SkipBlanks();
  if (!scanner.Take('=') && !scanner.Take(':')) return Fate::kNothing;
  scanner.SkipBlanks();
  const auto first = scanner.TakePrefixedHex<std::uint64_t>();
  if (!first) return Fate::kNotUnderstood;
  std::uint64_t value = *first;
  Scanner ahead = scanner;
  if (ahead.Take(':') || ahead.Take(' ')) {
    if (const auto low = ahead.TakePrefixedHex<std::uint32_t>()) {
      if (value >> 32 != 0) return Fate::kNotUnderstood;
      value = value << 32 | *low;
      scanner = ahead;
    } else if (!ahead.AtEnd() && IsDecimalDigit(ahead.rest().front())) {
      return Fate::kNotUnderstood;  // the low half, broken off
    }
  }
  if (!scanner.AtBlankOrEnd() || IsBrokenOff(scanner, line) || SpeaksOfOther(line.text)) {
    return Fate::kNotUnderstood;
  }
  for (const std::uint32_t number : reading->group) {
    if (cpu || reading->evidence.first_beyond() != 0) break;
    reading->evidence.AddMsr(Whose::Cpu(number), MsrAddress{*address}, value, line.number);
  }
  if (!cpu && !reading->group.empty()) return Fate::kUsed;
  reading->evidence.AddMsr(cpu ? *cpu : reading->Current(), MsrAddress{*address}, value,
                           line.number);
  return Fate::kUsed;
}

// "x86info v1.31pre", "Found 2 CPUs."
Fate SeeX86infoHead(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  bool is_head = scanner.Take("x86info v");
  if (scanner.Take("Found ")) is_head = scanner.TakeDecimal() && scanner.Take(" CPUs");
  if (!is_head) return Fate::kNothing;
  reading->is_x86info = true;
  return Fate::kKnown;
}

// MSR: 0x0000002a=0x00000000 : 00000000 00000000 00000000 00000000
// The bits behind it repeat the value.
Fate SeeX86info(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (!scanner.Take("MSR: ")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take('=')) return Fate::kNothing;
  const auto value = scanner.TakePrefixedHex<std::uint64_t>();
  if (!value || !scanner.AtBlankOrEnd() || IsBrokenOff(scanner, line)) {
    return Fate::kNotUnderstood;
  }
  reading->evidence.AddMsr(reading->Current(), MsrAddress{*address}, *value, line.number);
  return Fate::kUsed;
}

// msr[0x0000ce]=00 00 10 00 70 01 21 00: the most significant byte comes first.
Fate SeeMsrBytes(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (!scanner.Take("msr[")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take("]=")) return Fate::kNothing;
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    std::uint8_t byte = 0;
    if (i > 0 && !scanner.SkipBlanks()) return Fate::kNotUnderstood;
    if (!scanner.TakeHexDigits(&byte)) return Fate::kNotUnderstood;
    value = value << 8 | byte;
  }
  scanner.SkipBlanks();
  if (!scanner.AtEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(reading->Current(), MsrAddress{*address}, value, line.number);
  return Fate::kUsed;
}

// SYSCFG, 0xC0010010, {'3fc0000'}: the values that CPUs gave, each once.
Fate SeeBraced(const PeeledLine& line, Reading* reading) {
  const std::size_t comma = line.text.find(", 0x");
  const std::size_t brace = line.text.find('{');
  if (comma == std::string_view::npos || brace == std::string_view::npos) return Fate::kNothing;
  Scanner scanner(line.text.substr(comma + 2));
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address) return Fate::kNothing;
  std::vector<std::uint64_t> values;
  Scanner set(line.text.substr(brace + 1));
  while (set.Take('\'')) {
    set.TakeHexPrefix();
    const auto value = set.TakeHex<std::uint64_t>();
    if (!value || !set.Take('\'')) return Fate::kNotUnderstood;
    values.push_back(*value);
    set.Take(',');
    set.SkipBlanks();
  }
  if (values.empty() || !set.Take('}')) return Fate::kNotUnderstood;
  if (values.size() == 1) {
    reading->evidence.AddMsr(Whose::One(), MsrAddress{*address}, values[0], line.number);
    return Fate::kUsed;
  }
  const std::uint32_t list = reading->evidence.NewList(line.number);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    reading->evidence.AddMsr(Whose::Listed(list, i), MsrAddress{*address}, values[i], line.number);
  }
  return Fate::kUsed;
}

// AppleIntelInfo: "MSR_PMG_CST_CONFIG_CONTROL.(0xE2)  : 0x1E000403"; people:
// "IA32_FEATURE_CONTROL (0x3a) = 0x5".
Fate SeeAddressed(const PeeledLine& line, Reading* reading) {
  const std::size_t at = line.text.find("(0x");
  std::string_view name = line.text.substr(0, at);
  while (!name.empty() && (name.back() == '.' || IsBlank(name.back()))) name.remove_suffix(1);
  Scanner before(name);
  const auto cpu = TakeCpu(&before);
  name = before.rest();
  const bool is_name = !name.empty() && std::all_of(name.begin(), name.end(), IsWordCharacter) &&
                       name.find('_') != std::string_view::npos;
  Scanner scanner(line.text.substr(at + 1));
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!is_name || !address || !scanner.Take(')')) return Fate::kNothing;
  scanner.SkipBlanks();
  if (!scanner.Take(':') && !scanner.Take('=')) return Fate::kNothing;
  scanner.SkipBlanks();
  const auto value = TakeClearHex(&scanner);
  if (!value || IsBrokenOff(scanner, line) || SpeaksOfOther(line.text)) {
    return Fate::kNotUnderstood;
  }
  reading->evidence.AddMsr(cpu ? *cpu : reading->Current(), MsrAddress{*address}, *value,
                           line.number);
  return Fate::kUsed;
}

// What a name says that may be a register's, with `behind` it the sign and the value.
Fate SeeAssigned(std::string_view name, Scanner behind, std::optional<Whose> cpu,
                 const PeeledLine& line, Reading* reading) {
  behind.SkipBlanks();
  const bool is_assigned = behind.Take(':') || behind.Take('=') || behind.Take(',');
  if (!is_assigned || name.find('_') == std::string_view::npos) return Fate::kNothing;
  behind.SkipBlanks();
  const auto address = AddressOf(name);
  const auto value = TakeClearHex(&behind);
  if (!address || !value) {
    const bool is_like_a_value = address && !behind.AtEnd() && IsHexDigit(behind.rest().front());
    return value || is_like_a_value ? Fate::kNotUnderstood : Fate::kNothing;
  }
  // A source defines its name.
  if (*value == Number(*address)) return Fate::kKnown;
  if (IsBrokenOff(behind, line) || SpeaksOfOther(line.text)) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(cpu ? *cpu : reading->Current(), *address, *value, line.number);
  return Fate::kUsed;
}

// "cpu0: MSR_IA32_FEATURE_CONTROL: 0x00020005 (Locked )", "TBOOT:
// IA32_FEATURE_CONTROL_MSR: 0000ff07", "Raw IA32_FEATURE_CONTROL: 0000000000060001",
// "HM: MSR_PLATFORM_INFO = 0x...".
Fate SeeNamed(const PeeledLine& line, Reading* reading) {
  Scanner start(line.text);
  start.Take("turbostat: ");
  const auto cpu = TakeCpu(&start);
  const std::string_view rest = start.rest();
  const auto is_of_word = [&](char c) { return IsWordCharacter(c); };
  const auto* at = rest.begin();
  while ((at = std::find_if(at, rest.end(), is_of_word)) != rest.end()) {
    const auto* const end = std::find_if_not(at, rest.end(), is_of_word);
    const std::string_view behind(end, static_cast<std::size_t>(rest.end() - end));
    const std::string_view word(at, static_cast<std::size_t>(end - at));
    const Fate fate = SeeAssigned(word, Scanner(behind), cpu, line, reading);
    if (fate != Fate::kNothing) return fate;
    at = end;
  }
  return Fate::kNothing;
}

// "# msrtool -c 1 3a": below it stand lines "0x0000003a = 0x0000000000000005". Of
// those without it only the registers that decide are taken: dumps of other things
// look the same. util/msrtool of [coreboot/coreboot]
Fate SeeMsrtool(const PeeledLine& line, Reading* reading) {
  const std::size_t at = line.text.find("-c ");
  reading->msrtool = Whose::First();
  if (at != std::string_view::npos) {
    const auto cpu = CpuOf(Scanner(line.text.substr(at + 3)).TakeDecimal());
    if (!cpu) return Fate::kNotUnderstood;
    reading->msrtool = *cpu;
  }
  reading->table = TableKind::kMsrtool;
  return Fate::kKnown;
}

// "0x0000003a = 0x0000000000000005", "0x0000003a 0x0000000000000005"; the lines
// between them tell the fields.
Fate SeeMsrtoolRow(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t address = 0;
  std::uint64_t value = 0;
  if (!scanner.TakeHexPrefix() || !scanner.TakeHexDigits(&address)) return Fate::kNothing;
  scanner.SkipBlanks();
  if (scanner.Take('=')) scanner.SkipBlanks();
  if (!scanner.TakeHexPrefix() || !scanner.TakeHexDigits(&value) || !scanner.AtBlankOrEnd()) {
    return Fate::kNothing;
  }
  reading->evidence.AddMsr(reading->msrtool, MsrAddress{address}, value, line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
