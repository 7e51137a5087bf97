// The text that chipsec's commands and modules print.

#include <utility>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"
#include "vtprobe/hal/lowercase.h"

namespace vtprobe::import {
// [cpu] CPUID in : EAX=0x00000001, ECX=0x00000000
// [cpu] CPUID out: EAX=0x000406C4, EBX=..., ECX=..., EDX=...
Fate SeeChipsecCpuid(const PeeledLine& line, Reading* reading) {
  const std::string_view text = line.text;
  const auto eax = ValueBehind(text, "EAX=");
  const auto ecx = ValueBehind(text, "ECX=");
  if (!eax || !ecx) return Fate::kNothing;
  if (text.find("CPUID in") != std::string_view::npos) {
    reading->asked = CpuidLeaf{*eax, *ecx};
    return Fate::kUsed;
  }
  const auto ebx = ValueBehind(text, "EBX=");
  const auto edx = ValueBehind(text, "EDX=");
  if (!ebx || !edx || !reading->asked) return Fate::kNotUnderstood;
  const CpuidLeaf leaf = *std::exchange(reading->asked, std::nullopt);
  reading->evidence.AddCpuid(reading->Current(), leaf, PartialCpuid{{*eax, *ebx, *ecx, *edx}},
                             line.number);
  return Fate::kUsed;
}

// [cpu0] RDMSR( 0xfe ): EAX = 0x00001D08, EDX = 0x00000000
// [CHIPSEC] CPU0: RDMSR( 0x3a ) = 0000000000000005 (EAX=00000005, EDX=00000000)
Fate SeeChipsecMsr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  scanner.Take("[CHIPSEC] ");
  const auto cpu = TakeCpu(&scanner);
  const std::string_view text = line.text;
  const auto address = ValueBehind(text, "RDMSR(");
  constexpr std::string_view kWhole = " ) = ";
  if (const std::size_t at = text.find(kWhole); cpu && address && at != std::string_view::npos) {
    Scanner behind(text.substr(at + kWhole.size()));
    std::uint64_t value = 0;
    if (!behind.TakeHexDigits(&value) || !behind.AtBlankOrEnd()) return Fate::kNotUnderstood;
    reading->evidence.AddMsr(*cpu, MsrAddress{*address}, value, line.number);
    return Fate::kUsed;
  }
  const auto eax = ValueBehind(text, "EAX =");
  const auto edx = ValueBehind(text, "EDX =");
  if (!cpu || !address || !eax || !edx) return Fate::kNothing;
  if (line.may_go_on) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(*cpu, MsrAddress{*address}, std::uint64_t{*edx} << 32 | *eax,
                           line.number);
  return Fate::kUsed;
}

// [*] NAME = 0xVALUE << text (MSR 0xADDR Thread 0xN)
Fate SeeChipsecRegister(const PeeledLine& line, Reading* reading) {
  const std::string_view text = line.text;
  const std::size_t equals = text.find(" = ");
  const std::size_t shifted = text.find(" << ");
  const std::size_t at = text.rfind("(MSR 0x");
  if (equals == std::string_view::npos || shifted == std::string_view::npos ||
      at == std::string_view::npos || at < shifted || shifted < equals) {
    return Fate::kNothing;
  }
  Scanner value_text(text.substr(equals + 3));
  const auto value = value_text.TakePrefixedHex<std::uint64_t>();
  Scanner scanner(text.substr(at + 5));
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!value || !address || !value_text.AtBlankOrEnd()) return Fate::kNotUnderstood;
  std::optional<Whose> whose;
  if (scanner.Take(" Thread ")) whose = CpuOf(scanner.TakePrefixedHex<std::uint32_t>());
  reading->evidence.AddMsr(whose.value_or(Whose::One()), MsrAddress{*address}, *value, line.number);
  return Fate::kUsed;
}

// [CPU0] SMRR_PHYSBASE = 0000000088400004, SMRR_PHYSMASK = 00000000FFC00800
Fate SeeChipsecSmrr(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto cpu = TakeCpu(&scanner);
  if (!cpu) return Fate::kNothing;
  scanner.Take("IA32_");
  if (!scanner.Take("SMRR_PHYSBASE = ")) return Fate::kNothing;
  const auto base = TakeClearHex(&scanner);
  if (!base || !scanner.Take(", ")) return Fate::kNotUnderstood;
  scanner.Take("IA32_");
  if (!scanner.Take("SMRR_PHYSMASK = ")) return Fate::kNotUnderstood;
  const auto mask = TakeClearHex(&scanner);
  if (!mask) return Fate::kNotUnderstood;
  reading->evidence.AddMsr(*cpu, MsrAddress{0x1f2}, *base, line.number);
  reading->evidence.AddMsr(*cpu, MsrAddress{0x1f3}, *mask, line.number);
  return Fate::kUsed;
}

// cpu0: IA32_FEATURE_CONTROL Lock = 1
Fate SeeChipsecLock(const PeeledLine& line, Reading* reading) {
  const std::string lower = Lowercase(line.text);
  Scanner scanner(lower);
  scanner.Take("[*] ");
  const auto cpu = TakeCpu(&scanner);
  if (!cpu || !scanner.Take("ia32_feature_control lock = ")) return Fate::kNothing;
  const auto bit = scanner.TakeDecimal();
  if (!bit || *bit > 1 || !scanner.AtBlankOrEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddBits(*cpu, MsrAddress{kFeatureControl}, 0, 0, *bit, line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
