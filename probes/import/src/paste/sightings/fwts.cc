// What fwts finds of a register that is not the same on all CPUs: which one, which
// part of it, and the part as CPU 0 and each other CPU have it. src/cpu/msr/msr.c of
// the Firmware Test Suite.

#include <string>
#include <utility>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

// fwts breaks its sentences at 80 columns, so that one stands in two lines, or three.
constexpr std::size_t kLinesOfSentence = 3;

// "... MSR CLOCK_MODULATION (0x19a) has 7 inconsistent values across 8 CPUs for (shift: 0
// mask: 0x1f).", in newer versions "... MSR 0x0000019a CLOCK_MODULATION has ...". The
// numbers below it were shifted first, and masked then.
std::optional<ComparedPart> PartOf(std::string_view sentence) {
  const auto behind = [&](std::string_view name) {
    const std::size_t at = sentence.find(name);
    return Scanner(at == std::string_view::npos ? std::string_view()
                                                : sentence.substr(at + name.size()));
  };
  Scanner numbered = behind("MSR ");
  auto address = numbered.TakePrefixedHex<std::uint32_t>();
  if (!address) {
    Scanner named = behind(" (");
    address = named.TakePrefixedHex<std::uint32_t>();
    if (!named.Take(')')) return std::nullopt;
  }
  const auto shift = behind("(shift: ").TakeDecimal();
  Scanner mask_text = behind(" mask: ");
  const auto mask = mask_text.TakePrefixedHex<std::uint64_t>();
  if (!address || !shift || *shift > 63 || !mask || !mask_text.Take(')')) return std::nullopt;
  return ComparedPart{.address = MsrAddress{*address}, .shift = *shift, .mask = *mask};
}

Fate TakeSentence(std::string_view text, Reading* reading) {
  std::string& sentence = reading->fwts_sentence;
  sentence.append(" ").append(text);
  ++reading->fwts_lines;
  reading->compared = PartOf(sentence);
  const bool goes_on =
      !reading->compared && !sentence.ends_with(").") && reading->fwts_lines < kLinesOfSentence;
  if (!reading->compared && !goes_on) {
    reading->table = TableKind::kNone;
    return Fate::kNotUnderstood;
  }
  reading->table = TableKind::kFwts;
  return Fate::kUsed;
}

}  // namespace

// FAILED [MEDIUM] MSRCPUsInconsistent: Test 1, MSR ...
Fate SeeFwts(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kLabel = "MSRCPUsInconsistent: ";
  const std::size_t at = line.text.find(kLabel);
  if (at == std::string_view::npos) return Fate::kNothing;
  reading->fwts_sentence.clear();
  reading->fwts_lines = 0;
  return TakeSentence(line.text.substr(at + kLabel.size()), reading);
}

// MSR CPU 0 -> 0x8 vs CPU 1 -> 0x0
Fate SeeFwtsRow(const PeeledLine& line, Reading* reading) {
  if (!reading->compared) return TakeSentence(line.text, reading);
  constexpr std::string_view kBegin = "MSR CPU ";
  const std::size_t at = line.text.find(kBegin);
  if (at == std::string_view::npos) {
    reading->table = TableKind::kNone;
    return Fate::kNothing;
  }
  Scanner scanner(line.text.substr(at + kBegin.size()));
  const ComparedPart& part = *reading->compared;
  const auto take = [&]() -> std::optional<std::pair<std::uint32_t, std::uint64_t>> {
    const auto cpu = scanner.TakeDecimal();
    if (!cpu || !scanner.Take(" -> ")) return std::nullopt;
    const auto value = scanner.TakePrefixedHex<std::uint64_t>();
    if (!value || (*value & ~part.mask) != 0) return std::nullopt;
    return std::pair(*cpu, *value);
  };
  const auto one = take();
  if (!one || !scanner.Take(" vs CPU ")) return Fate::kNotUnderstood;
  const auto other = take();
  if (!other || !scanner.AtEnd() || IsBrokenOff(scanner, line)) return Fate::kNotUnderstood;
  for (const auto& [cpu, value] : {*one, *other}) {
    const auto whose = CpuOf(cpu);
    if (!whose) return Fate::kNotUnderstood;
    reading->evidence.AddMsr(*whose, part.address,
                             MsrReading::OfBits(value << part.shift, part.mask << part.shift),
                             line.number);
  }
  return Fate::kUsed;
}

}  // namespace vtprobe::import
