// Programs of Windows: its kernel debugger, RWEverything, Task Manager.

#include <fmt/format.h>

#include <array>
#include <string>

#include "characters.h"
#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {

// "msr[3a] = 00000000`00000005", below "0: kd> rdmsr 3a" (SeeRdmsr), which says on
// which processor the debugger is. Addresses are hexadecimal.
Fate SeeWinDbg(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (!scanner.Take("msr[")) return Fate::kNothing;
  const auto address = scanner.TakeHex<std::uint32_t>();
  if (!address || !scanner.Take("] = ")) return Fate::kNothing;
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  if (!scanner.TakeHexDigits(&high) || !scanner.Take('`') || !scanner.TakeHexDigits(&low) ||
      !scanner.AtBlankOrEnd()) {
    return Fate::kNotUnderstood;
  }
  reading->evidence.AddMsr(reading->debugged.value_or(Whose::One()), MsrAddress{*address},
                           std::uint64_t{high} << 32 | low, line.number);
  return Fate::kUsed;
}

// Read MSR 0x3A: High 32bit(EDX) = 0x00000000, Low 32bit(EAX) = 0x00000005
Fate SeeRwEverything(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kName = "MSR 0x";
  const std::size_t at = line.text.find(kName);
  if (at == std::string_view::npos) return Fate::kNothing;
  Scanner scanner(line.text.substr(at + kName.size()));
  const auto address = scanner.TakeHex<std::uint32_t>();
  const auto half = [&](std::string_view name) {
    const std::size_t begin = line.text.find(name);
    if (begin == std::string_view::npos) return std::optional<std::uint32_t>();
    Scanner number(line.text.substr(begin + name.size()));
    number.SkipBlanks();
    if (!number.Take('=')) return std::optional<std::uint32_t>();
    number.SkipBlanks();
    const auto value = number.TakePrefixedHex<std::uint32_t>();
    const bool is_whole = number.AtBlankOrEnd() || number.rest().starts_with(',');
    return is_whole ? value : std::nullopt;
  };
  const auto high = half("32bit(EDX)");
  const auto low = half("32bit(EAX)");
  if (!address || !high || !low || line.may_go_on) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(Whose::One(), MsrAddress{*address}, std::uint64_t{*high} << 32 | *low,
                           line.number);
  return Fate::kUsed;
}

// "Virtualization: Enabled" and nothing else, in English, German and French.
Fate SeeTaskManager(const PeeledLine& line, Reading* reading) {
  std::string lower = Lowercase(line.text);
  for (char& c : lower) c = c == '\t' ? ' ' : c;
  const std::string_view text = lower;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return Fate::kNothing;
  const std::string_view name = WithoutBlanksAtEnd(text.substr(0, colon));
  const std::string_view value = Trimmed(text.substr(colon + 1));
  constexpr std::array<std::string_view, 3> kNames = {"virtualization", "virtualisierung",
                                                      "virtualisation"};
  constexpr std::array<std::string_view, 3> kOn = {"enabled", "aktiviert",
                                                   "activ\xc3\xa9"
                                                   "e"};
  constexpr std::array<std::string_view, 3> kOff = {"disabled", "deaktiviert",
                                                    "d\xc3\xa9sactiv\xc3\xa9"
                                                    "e"};
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (name != kNames[i] || (value != kOn[i] && value != kOff[i])) continue;
    reading->evidence.AddWords(Speaker::kTool, line.text, line.number);
    return Fate::kUsed;
  }
  return Fate::kNothing;
}

// `wmic cpu get VirtualizationFirmwareEnabled` prints the name and the value below
// it, Get-CimInstance with a line of dashes between; with other columns it is the last
// of them. FALSE says nothing: so it is below a hypervisor, too.
Fate SeeWmic(const PeeledLine& line, Reading* reading) {
  if (!Lowercase(line.text).ends_with("virtualizationfirmwareenabled")) return Fate::kNothing;
  reading->table = TableKind::kWmic;
  return Fate::kKnown;
}

Fate SeeWmicRow(const PeeledLine& line, Reading* reading) {
  if (line.text.find_first_not_of("- ") == std::string_view::npos) return Fate::kKnown;
  reading->table = TableKind::kNone;
  const std::string_view last = LastWord(line.text);
  const std::string value = Lowercase(last);
  if (value != "true" && value != "false") return Fate::kNothing;
  const std::string words = fmt::format("VirtualizationFirmwareEnabled : {}", last);
  reading->evidence.AddWords(Speaker::kTool, words, line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
