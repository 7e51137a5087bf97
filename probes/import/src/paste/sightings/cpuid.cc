// Programs that print CPUID's answers: cpuid -r, test-sgx.

#include <array>
#include <utility>

#include "paste/sightings.h"
#include "scanner.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
namespace {

using namespace std::string_view_literals;

bool TakeRegister(Scanner* scanner, std::string_view name, std::uint32_t* value) {
  Scanner ahead = *scanner;
  ahead.SkipBlanks();
  if (!ahead.Take(name)) return false;
  const std::size_t before = ahead.rest().size();
  const auto number = ahead.TakePrefixedHex<std::uint32_t>();
  if (!number || !ahead.AtBlankOrEnd()) return false;
  // Fewer than eight digits were cut off.
  if (before - ahead.rest().size() != std::string_view("0x00000000").size()) return false;
  *value = *number;
  *scanner = ahead;
  return true;
}

// As many of "eax=0x... ebx=0x..." as stand here, on top of those that stood
// before.
bool TakeRegisters(Scanner* scanner, PartialCpuid* answer) {
  CpuidRegisters& r = answer->registers;
  const std::array<std::pair<std::string_view, std::uint32_t*>, 4> names = {
      std::pair("eax=", &r.eax), std::pair("ebx=", &r.ebx), std::pair("ecx=", &r.ecx),
      std::pair("edx=", &r.edx)};
  bool has_one = false;
  for (unsigned i = 0; i < names.size(); ++i) {
    const auto mask = static_cast<CpuidRegisterMask>(1u << i);
    if ((answer->recorded & mask) != 0) continue;
    if (!TakeRegister(scanner, names[i].first, names[i].second)) break;
    answer->recorded = static_cast<CpuidRegisterMask>(answer->recorded | mask);
    has_one = true;
  }
  return has_one;
}

void Finish(CpuidLeaf leaf, const PartialCpuid& answer, const PeeledLine& line, Reading* reading) {
  reading->unfinished.reset();
  if (answer.recorded != kAllCpuidRegisters) reading->unfinished = std::pair(leaf, answer);
  if (answer.recorded != 0) {
    reading->evidence.AddCpuid(reading->Current(), leaf, answer, line.number);
  }
}

}  // namespace

// cpuid -r, also where a mail broke the line.
Fate SeeCpuidTool(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto leaf = scanner.TakePrefixedHex<std::uint32_t>();
  if (!leaf) return Fate::kNothing;
  std::optional<std::uint32_t> subleaf;
  if (scanner.SkipBlanks()) subleaf = scanner.TakePrefixedHex<std::uint32_t>();
  if (!scanner.Take(':')) return Fate::kNothing;
  PartialCpuid answer{{}, 0};
  if (!TakeRegisters(&scanner, &answer)) return Fate::kNotUnderstood;
  // Without a subleaf, each repetition is the next one.
  const CpuidLeaf key =
      subleaf ? CpuidLeaf{*leaf, *subleaf} : reading->subleaves.Number(*leaf, answer.registers);
  Finish(key, answer, line, reading);
  return Fate::kUsed;
}

Fate ContinueLeaf(const PeeledLine& line, Reading* reading) {
  auto [leaf, answer] = *std::exchange(reading->unfinished, std::nullopt);
  Scanner scanner(line.text);
  if (!TakeRegisters(&scanner, &answer)) return Fate::kNothing;
  Finish(leaf, answer, line, reading);
  return Fate::kUsed;
}

// "eax: 906ea ebx: 5100800 ecx: 7ffafbff edx: bfebfbff" below a line that names
// the leaf: "... (EAX=07H, ECX=0H)". test-sgx.c
Fate SeeTestSgx(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  if (const std::size_t at = lower.find("(eax="); at != std::string::npos) {
    Scanner scanner{std::string_view{lower}.substr(at + 5)};
    const auto leaf = scanner.TakeHex<std::uint32_t>();
    if (!leaf || !scanner.Take('h')) return Fate::kNothing;
    scanner.Take(',');
    scanner.SkipBlanks();
    std::optional<std::uint32_t> subleaf = 0;
    if (scanner.Take("ecx=")) subleaf = scanner.TakeHex<std::uint32_t>();
    if (!subleaf) return Fate::kNothing;
    reading->asked = CpuidLeaf{*leaf, *subleaf};
    return Fate::kUsed;
  }
  Scanner scanner(lower);
  CpuidRegisters r;
  for (const auto& [name, value] : {std::pair("eax: "sv, &r.eax), std::pair("ebx: "sv, &r.ebx),
                                    std::pair("ecx: "sv, &r.ecx), std::pair("edx: "sv, &r.edx)}) {
    scanner.SkipBlanks();
    if (!scanner.Take(name)) return Fate::kNothing;
    const auto number = scanner.TakeHex<std::uint32_t>();
    if (!number || !scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
    *value = *number;
  }
  if (!reading->asked) return Fate::kNotUnderstood;
  const CpuidLeaf leaf = *std::exchange(reading->asked, std::nullopt);
  reading->evidence.AddCpuid(reading->Current(), leaf, PartialCpuid{r}, line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
