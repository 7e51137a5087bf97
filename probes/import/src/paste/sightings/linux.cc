// What Linux and its programs say of a machine: its release, /proc/cpuinfo, lscpu,
// dmidecode.

#include <fmt/format.h>

#include <array>

#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"
#include "vtprobe/hal/numbers.h"

namespace vtprobe::import {
namespace {

// The numbers of a signature, until all three are there.
Fate SeeSignature(const PeeledLine& line, Reading* reading) {
  StatedIdentity& identity = reading->identity;
  using Target = std::optional<std::uint32_t>*;
  // As lscpu says it in English, German and French.
  const std::array<std::pair<std::string_view, Target>, 11> numbers = {
      std::pair("Prozessorfamilie", &identity.family),
      std::pair("Modell", &identity.model),
      std::pair("Famille de processeur", &identity.family),
      std::pair("Mod\xc3\xa8le", &identity.model),
      std::pair("R\xc3\xa9vision", &identity.stepping),
      std::pair("cpu family", &identity.family),
      std::pair("CPU family", &identity.family),
      std::pair("model", &identity.model),
      std::pair("Model", &identity.model),
      std::pair("stepping", &identity.stepping),
      std::pair("Stepping", &identity.stepping)};
  for (const auto& [key, target] : numbers) {
    const auto value = ValueOf(line.text, key);
    if (!value) continue;
    *target = ParseDigits<std::uint32_t>(*value, 10);
    if (!*target) return Fate::kNothing;
    if (identity.family && identity.model && identity.stepping &&
        IsSignature(*identity.family, *identity.model, *identity.stepping)) {
      AddSignature(reading->Current(), *identity.family, *identity.model, *identity.stepping,
                   line.number, reading);
      identity = {};
    }
    return Fate::kUsed;
  }
  return Fate::kNothing;
}

// Only what stands there says something: a kernel leaves a flag out for many
// reasons.
void TakeFlags(std::string_view flags, std::size_t line, Reading* reading) {
  for (Scanner words(flags); !words.AtEnd(); words.SkipBlanks()) {
    const std::string_view flag = words.TakeWord();
    if (flag == "vmx" || flag == "svm" || flag == "hypervisor") {
      reading->evidence.AddWords(Speaker::kTool, fmt::format("flags: {}", flag), line);
    }
  }
}

}  // namespace

Fate SeeKernelRelease(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kBanner = "Linux version ";
  if (line.text.starts_with(kBanner)) {
    reading->evidence.SetMeta(meta::kKernel, Scanner(line.text.substr(kBanner.size())).TakeWord());
    return Fate::kUsed;
  }
  if (line.text.find("uname -") == std::string_view::npos) return Fate::kNothing;
  reading->expects_release = true;
  return Fate::kKnown;
}

Fate SeeIdentity(const PeeledLine& line, Reading* reading) {
  const std::string_view text = line.text;
  if (const auto number = ValueOf(text, "processor")) {
    const auto cpu = CpuOf(ParseDigits<std::uint32_t>(*number, 10));
    if (!cpu) return Fate::kNotUnderstood;
    reading->cpu = cpu;
    reading->identity = {};
    return Fate::kUsed;
  }
  std::optional<std::string_view> vendor;
  for (const std::string_view key :
       {"vendor_id", "Vendor ID", "Anbieterkennung", "Identifiant constructeur"}) {
    if (!vendor) vendor = ValueOf(text, key);
  }
  if (vendor) {
    // txt-stat prints one too: the PCI identifier of the chipset's maker.
    if (vendor->starts_with("0x")) return Fate::kKnown;
    return AddVendor(reading->Current(), *vendor, std::nullopt, line.number, reading)
               ? Fate::kUsed
               : Fate::kNotUnderstood;
  }
  if (const auto flags = ValueOf(text, "flags")) {
    TakeFlags(*flags, line.number, reading);
    return Fate::kUsed;
  }
  if (const auto revision = ValueOf(text, "microcode")) {
    if (!revision->starts_with("0x")) return Fate::kNothing;
    reading->evidence.SetMeta(meta::kMicrocode, *revision);
    return Fate::kUsed;
  }
  return SeeSignature(line, reading);
}

Fate SeeDmi(const PeeledLine& line, Reading* reading) {
  if (line.text != "BIOS Information") return Fate::kNothing;
  reading->table = TableKind::kDmi;
  return Fate::kUsed;
}

Fate SeeDmiLine(const PeeledLine& line, Reading* reading) {
  const std::array<std::pair<std::string_view, std::string_view>, 3> keys = {
      std::pair(std::string_view("Vendor"), meta::kFirmwareVendor),
      std::pair(std::string_view("Version"), meta::kFirmwareVersion),
      std::pair(std::string_view("Release Date"), meta::kFirmwareDate)};
  for (const auto& [name, key] : keys) {
    if (const auto value = ValueOf(line.text, name)) {
      reading->evidence.SetMeta(key, *value);
      return Fate::kUsed;
    }
  }
  return Fate::kNothing;
}

// What the microcode loader says, by version of Linux (words.def):
//   microcode: sig=0x906ea, pf=0x2, revision=0xde                 up to 6.1
//   microcode: CPU0 sig=0x306c3, pf=0x2, revision=0x1c            up to 4.x
//   microcode: microcode updated early to revision 0xde, date =   4.19 to 6.1
//   microcode: CPU0: patch_level=0x08701021                       up to 6.3
//   microcode: Current revision: 0x000000f8                       6.8 on
Fate SeeMicrocode(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kLoader = "microcode: ";
  if (!line.text.starts_with(kLoader)) return Fate::kNothing;
  Scanner scanner(line.text.substr(kLoader.size()));
  std::optional<Whose> cpu;
  if (scanner.Take("CPU")) {
    cpu = CpuOf(scanner.TakeDecimal());
    scanner.Take(':');
    scanner.SkipBlanks();
  }
  const std::string_view rest = scanner.rest();
  if (rest.starts_with("Updated early from: ")) return Fate::kKnown;
  // The signature is EAX of CPUID leaf 1: arch/x86/kernel/cpu/microcode/intel.c
  if (const auto signature = ValueBehind(rest, "sig=")) {
    const PartialCpuid answer{{*signature, 0, 0, 0}, MaskOf(CpuidRegister::kEax)};
    reading->evidence.AddCpuid(cpu.value_or(Whose::One()), {1, 0}, answer, line.number);
  }
  for (const std::string_view name :
       {"revision=", "updated early to revision ", "updated to revision ",
        "patch_level=", "Current revision: "}) {
    if (const auto revision = ValueBehind(rest, name)) {
      reading->evidence.SetMeta(meta::kMicrocode, fmt::format("{:#x}", *revision));
      // Of each CPU the same.
      if (!cpu) reading->evidence.AddWords(Speaker::kKernel, line.text, line.number);
      return Fate::kUsed;
    }
  }
  return Fate::kNothing;
}

}  // namespace vtprobe::import
