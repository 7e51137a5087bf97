// Consoles of firmware and of measured launches, which say parts of registers.

#include <array>
#include <string>
#include <utility>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
namespace {

// What firmware's consoles say of IA32_FEATURE_CONTROL: src/cpu/intel/common and
// src/security/intel/txt of [coreboot/coreboot].
struct StatedPart {
  std::string_view words;
  std::uint8_t high;
  std::uint8_t low;
  std::uint64_t field;
};
constexpr std::array kStatedParts = {
    StatedPart{"vmxon in smx enable: true", 1, 1, 1},
    StatedPart{"vmxon in smx enable: false", 1, 1, 0},
    StatedPart{"vmxon outside smx enable: true", 2, 2, 1},
    StatedPart{"vmxon outside smx enable: false", 2, 2, 0},
    StatedPart{"register is locked: true", 0, 0, 1},
    StatedPart{"register is locked: false", 0, 0, 0},
    // false: not all of them are set, so each alone is unknown.
    StatedPart{"getsec (all instructions) is enabled: true", 15, 8, 0xff},
    StatedPart{"ia32_feature_control already locked", 0, 0, 1},
    StatedPart{"ia32_feature_control status: locked", 0, 0, 1},
    StatedPart{"ia32_feature_control status: unlocked", 0, 0, 0},
    StatedPart{"vmx status: enabled", 2, 2, 1},
    StatedPart{"vmx status: disabled", 2, 2, 0},
    StatedPart{"vmx status: enabled, locked", 0, 0, 1},
    StatedPart{"vmx status: disabled, locked", 0, 0, 1},
    StatedPart{"vmx status: enabled, unlocked", 0, 0, 0},
    StatedPart{"vmx status: disabled, unlocked", 0, 0, 0},
};

}  // namespace

Fate SeeStatedPart(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  Fate fate = Fate::kNothing;
  for (const StatedPart& part : kStatedParts) {
    const std::size_t at = lower.find(part.words);
    if (at == std::string::npos) continue;
    const std::size_t end = at + part.words.size();
    if (end < lower.size() && IsWordCharacter(lower[end])) continue;
    reading->evidence.AddBits(reading->Current(), MsrAddress{kFeatureControl}, part.high, part.low,
                              part.field, line.number);
    reading->evidence.SetMeta(meta::kStage, "pre-os");
    fate = Fate::kUsed;
  }
  if (fate == Fate::kUsed) {
    reading->evidence.AddWords(Speaker::kFirmware, line.text, line.number);
  }
  return fate;
}

// txt-stat. A launch of which tboot says that the CPU has no SMX did not come
// about, so its word alone does not count.
Fate SeeMeasuredLaunch(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  if (lower.ends_with("true")) reading->measured_launch = true;
  if (lower.ends_with("false")) reading->measured_launch = false;
  reading->evidence.AddWords(Speaker::kTool, line.text, line.number);
  return Fate::kUsed;
}

// "TBOOT: ERR: SENTER disabled by feature control MSR (5)": the register's value, and
// that the launch did not come about. tboot/txt/verify.c
Fate SeeTbootFeatureControl(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kValue = " disabled by feature control MSR (";
  const std::size_t at = line.text.find(kValue);
  if (at == std::string_view::npos) return Fate::kNothing;
  Scanner scanner(line.text.substr(at + kValue.size()));
  const auto value = scanner.TakeHex<std::uint64_t>();
  if (!value || !scanner.Take(')')) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(Whose::One(), MsrAddress{kFeatureControl}, *value, line.number);
  reading->evidence.AddWords(Speaker::kFirmware, line.text, line.number);
  if (!reading->measured_launch) reading->measured_launch = false;
  return Fate::kUsed;
}

// "[ FAIL ]     - SNP: Disabled in MSR": snphost says a bit of SYSCFG. src/ok.rs of
// snphost; [amd/apm-vol2] 15.34.2, 15.36.2
Fate SeeSnphost(const PeeledLine& line, Reading* reading) {
  constexpr std::uint32_t kSyscfg = 0xc001'0010;
  const std::array<std::pair<std::string_view, unsigned>, 2> bits = {
      std::pair(std::string_view("SME: "), 23u), std::pair(std::string_view("SNP: "), 24u)};
  for (const auto& [name, bit] : bits) {
    const std::size_t at = line.text.find(name);
    if (at == std::string_view::npos) continue;
    const std::string_view rest = line.text.substr(at + name.size());
    const bool is_on = rest == "Enabled in MSR";
    if (!is_on && rest != "Disabled in MSR") return Fate::kNothing;
    reading->evidence.AddBits(Whose::One(), MsrAddress{kSyscfg}, bit, bit, is_on ? 1 : 0,
                              line.number);
    reading->evidence.AddWords(Speaker::kTool, line.text, line.number);
    return Fate::kUsed;
  }
  return Fate::kNothing;
}

}  // namespace vtprobe::import
