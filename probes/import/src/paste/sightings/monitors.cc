// Reports of programs that watch hardware: LibreHardwareMonitor's tables, AIDA64.

#include "paste/sightings.h"
#include "scanner.h"

namespace vtprobe::import {
Fate SeeMonitorTable(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const bool is_msr = scanner.Take("MSR ");
  if (!is_msr && !scanner.Take("Function ")) return Fate::kNothing;
  reading->table = is_msr ? TableKind::kMonitorMsr : TableKind::kMonitorCpuid;
  reading->subleaves.Restart();
  return Fate::kUsed;
}

Fate SeeMonitorCpuid(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t leaf = 0;
  CpuidRegisters r;
  if (!scanner.TakeHexDigits(&leaf)) return Fate::kNothing;
  for (std::uint32_t* const value : {&r.eax, &r.ebx, &r.ecx, &r.edx}) {
    if (!scanner.SkipBlanks() || !scanner.TakeHexDigits(value)) return Fate::kNothing;
  }
  if (!scanner.AtBlankOrEnd()) return Fate::kNothing;
  reading->evidence.AddCpuid(reading->Current(), reading->subleaves.Number(leaf, r),
                             PartialCpuid{r}, line.number);
  return Fate::kUsed;
}

Fate SeeMonitorMsr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t address = 0;
  std::uint32_t edx = 0;
  std::uint32_t eax = 0;
  if (!scanner.TakeHexDigits(&address)) return Fate::kNothing;
  for (std::uint32_t* const value : {&edx, &eax}) {
    if (!scanner.SkipBlanks() || !scanner.TakeHexDigits(value)) return Fate::kNothing;
  }
  if (!scanner.AtBlankOrEnd()) return Fate::kNothing;
  reading->evidence.AddMsr(reading->Current(), MsrAddress{address}, std::uint64_t{edx} << 32 | eax,
                           line.number);
  return Fate::kUsed;
}

// CPUID 00000001: 000306C3-00100800-7FFAFBBF-BFEBFBFF [SL 00]
Fate SeeAidaCpuid(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t leaf = 0;
  if (!scanner.Take("CPUID ") || !scanner.TakeHexDigits(&leaf)) return Fate::kNothing;
  scanner.Take(':');
  scanner.SkipBlanks();
  CpuidRegisters r;
  if (!scanner.TakeHexDigits(&r.eax) || !scanner.Take('-') || !scanner.TakeHexDigits(&r.ebx) ||
      !scanner.Take('-') || !scanner.TakeHexDigits(&r.ecx) || !scanner.Take('-') ||
      !scanner.TakeHexDigits(&r.edx) || !scanner.AtBlankOrEnd()) {
    return Fate::kNotUnderstood;
  }
  scanner.SkipBlanks();
  std::uint8_t subleaf = 0;
  CpuidLeaf key{leaf, 0};
  if (scanner.Take("[SL ") && scanner.TakeHexDigits(&subleaf)) {
    key.subleaf = subleaf;
    reading->subleaves.Follow(key);
  } else {
    key = reading->subleaves.Number(leaf, r);
  }
  reading->evidence.AddCpuid(reading->Current(), key, PartialCpuid{r}, line.number);
  return Fate::kUsed;
}

// MSR 0000003A: 0000-0000-0000-0005
Fate SeeAidaMsr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  std::uint32_t address = 0;
  if (!scanner.Take("MSR ") || !scanner.TakeHexDigits(&address)) return Fate::kNothing;
  scanner.Take(':');
  scanner.SkipBlanks();
  if (scanner.Take("< FAILED >")) {
    reading->evidence.AddMsr(reading->Current(), MsrAddress{address},
                             tl::unexpected(AccessCode::kGeneralProtection), line.number);
    return Fate::kUsed;
  }
  std::uint64_t value = 0;
  for (int i = 0; i < 4; ++i) {
    std::uint16_t part = 0;
    if (i > 0 && !scanner.Take('-')) return Fate::kNothing;
    if (!scanner.TakeHexDigits(&part)) return Fate::kNothing;
    value = value << 16 | part;
  }
  if (!scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(reading->Current(), MsrAddress{address}, value, line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
