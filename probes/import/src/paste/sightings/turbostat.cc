// The head of turbostat's --debug output, and what it could not read. Its
// registers are named (registers.cc).

#include <fmt/format.h>

#include <string_view>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

constexpr std::uint32_t kExtendedLeaf = 0x8000'0000;

// cpu2: msr offset 0x3a read failed: Input/output error
Fate SeeTurbostatFailure(Whose cpu, Scanner scanner, const PeeledLine& line, Reading* reading) {
  if (!scanner.Take("msr offset ")) return Fate::kNothing;
  const auto address = scanner.TakePrefixedHex<std::uint32_t>();
  if (!address || !scanner.Take(" read failed")) return Fate::kNothing;
  const bool is_fault = scanner.rest().find("Input/output error") != std::string_view::npos;
  reading->evidence.AddMsr(
      cpu, MsrAddress{*address},
      tl::unexpected(is_fault ? AccessCode::kGeneralProtection : AccessCode::kIo), line.number);
  return Fate::kUsed;
}

// CPUID(0): GenuineIntel 0x1b CPUID levels; 0x80000008 xlevels;
// In older versions "11 CPUID levels".
Fate SeeTurbostatVendor(Scanner scanner, const PeeledLine& line, Reading* reading) {
  if (!scanner.Take("CPUID(0): ")) return Fate::kNothing;
  const std::string_view vendor = scanner.TakeWord();
  scanner.SkipBlanks();
  const auto highest = scanner.TakeCNumber();
  const bool has_highest = highest && scanner.rest().starts_with(" CPUID levels");
  if (!AddVendor(Whose::One(), vendor, has_highest ? highest : std::nullopt, line.number,
                 reading)) {
    return Fate::kNotUnderstood;
  }
  const std::string_view before = scanner.rest().substr(0, scanner.rest().find(" xlevels"));
  const std::size_t at = before.rfind("0x");
  if (before.size() == scanner.rest().size() || at == std::string_view::npos) return Fate::kUsed;
  if (const auto top = Scanner(before.substr(at)).TakePrefixedHex<std::uint32_t>()) {
    const PartialCpuid answer{{*top, 0, 0, 0}, MaskOf(CpuidRegister::kEax)};
    reading->evidence.AddCpuid(Whose::One(), {kExtendedLeaf, 0}, answer, line.number);
  }
  return Fate::kUsed;
}

// family:model:stepping 0x6:7e:5 (6:126:5) microcode 0xa6
Fate SeeTurbostatSignature(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kSignature = "family:model:stepping ";
  const std::size_t at = line.text.find(kSignature);
  if (at == std::string_view::npos) return Fate::kNothing;
  Scanner numbers(line.text.substr(at + kSignature.size()));
  const auto family = numbers.TakePrefixedHex<std::uint32_t>();
  if (!family || !numbers.Take(':')) return Fate::kNotUnderstood;
  const auto model = numbers.TakeHex<std::uint32_t>();
  if (!model || !numbers.Take(':')) return Fate::kNotUnderstood;
  const auto stepping = numbers.TakeHex<std::uint32_t>();
  if (!stepping || !IsSignature(*family, *model, *stepping)) return Fate::kNotUnderstood;
  AddSignature(Whose::One(), *family, *model, *stepping, line.number, reading);
  if (const auto revision = ValueBehind(line.text, "microcode ")) {
    reading->evidence.SetMeta(meta::kMicrocode, fmt::format("{:#x}", *revision));
  }
  return Fate::kUsed;
}

}  // namespace

// turbostat's head. Its second one begins another run.
Fate SeeTurbostat(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (line.text.starts_with("turbostat version ")) {
    if (reading->has_turbostat) reading->evidence.StartAnotherTime(line.number);
    reading->has_turbostat = true;
    reading->evidence.SetMeta(meta::kTool, Trimmed(line.text.substr(0, line.text.find(" - "))));
    return Fate::kUsed;
  }
  if (const auto cpu = TakeCpu(&scanner)) return SeeTurbostatFailure(*cpu, scanner, line, reading);
  // Old versions have both on a line.
  const Fate vendor = SeeTurbostatVendor(scanner, line, reading);
  const Fate signature = SeeTurbostatSignature(line, reading);
  if (vendor == Fate::kNotUnderstood || signature == Fate::kNotUnderstood) {
    return Fate::kNotUnderstood;
  }
  if (vendor == Fate::kUsed || signature == Fate::kUsed) return Fate::kUsed;
  if (!line.text.starts_with("CPUID(")) return Fate::kNothing;
  // Its lists of features hold a few of each leaf, and "-" or "No-" for others.
  reading->evidence.AddWords(Speaker::kTool, line.text, line.number);
  return Fate::kUsed;
}

}  // namespace vtprobe::import
