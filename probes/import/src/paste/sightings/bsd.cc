// cpucontrol of FreeBSD, and how the BSDs' kernels present a CPU when they start.

#include <fmt/format.h>

#include <array>
#include <utility>

#include "cpuid_output.h"
#include "paste/sightings.h"
#include "paste/sightings/parts.h"
#include "scanner.h"

namespace vtprobe::import {
namespace {

constexpr std::uint32_t kSignatureLeaf = 1;

struct Features {
  std::string_view name;
  CpuidLeaf leaf;
  CpuidRegister which;
};

// sys/x86/x86/identcpu.c of FreeBSD
constexpr std::array kFeatures = {
    Features{"Features", {kSignatureLeaf, 0}, CpuidRegister::kEdx},
    Features{"Features2", {kSignatureLeaf, 0}, CpuidRegister::kEcx},
    Features{"AMD Features", {0x8000'0001, 0}, CpuidRegister::kEdx},
    Features{"AMD Features2", {0x8000'0001, 0}, CpuidRegister::kEcx},
    Features{"Structured Extended Features", {7, 0}, CpuidRegister::kEbx},
    Features{"Structured Extended Features2", {7, 0}, CpuidRegister::kEcx},
    Features{"Structured Extended Features3", {7, 0}, CpuidRegister::kEdx},
};

PartialCpuid Only(CpuidRegister which, std::uint32_t value) {
  PartialCpuid answer{{}, 0};
  Store(which, value, &answer);
  return answer;
}

}  // namespace

// "cpucontrol -i 1 /dev/cpuctl0": the device says of which CPU the answer is. Its
// MSRs are read by SeeRdmsr.
Fate SeeCpucontrolDevice(const PeeledLine& line, Reading* reading) {
  constexpr std::string_view kDevice = "/dev/cpuctl";
  std::optional<std::uint32_t> cpu;
  for (std::size_t at = line.text.find(kDevice); at != std::string_view::npos;
       at = line.text.find(kDevice, at + 1)) {
    const auto number = Scanner(line.text.substr(at + kDevice.size())).TakeDecimal();
    // Of several it is not known which line is whose.
    if (!number || (cpu && cpu != number)) {
      reading->device = std::pair(false, Whose::One());
      return Fate::kKnown;
    }
    cpu = number;
  }
  const auto whose = CpuOf(cpu);
  reading->device = std::pair(whose.has_value(), whose.value_or(Whose::One()));
  return Fate::kKnown;
}

// cpuid level 0x7, level_type 0x0: 0x00000000 0x000027ab 0x00000000 0x9c000000
Fate SeeCpucontrolCpuid(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (!scanner.Take("cpuid level ")) return Fate::kNothing;
  const auto leaf = scanner.TakePrefixedHex<std::uint32_t>();
  if (!leaf) return Fate::kNothing;
  std::optional<std::uint32_t> subleaf;
  if (scanner.Take(", level_type ")) {
    subleaf = scanner.TakePrefixedHex<std::uint32_t>();
    if (!subleaf) return Fate::kNotUnderstood;
  }
  if (!scanner.Take(':')) return Fate::kNothing;
  CpuidRegisters r;
  for (std::uint32_t* const value : {&r.eax, &r.ebx, &r.ecx, &r.edx}) {
    if (!scanner.SkipBlanks() || !scanner.TakeHexPrefix() || !scanner.TakeHexDigits(value)) {
      return Fate::kNotUnderstood;
    }
  }
  const bool is_known = !reading->device || reading->device->first;
  if (!scanner.AtBlankOrEnd() || !is_known) return Fate::kNotUnderstood;
  const Whose whose = reading->device ? reading->device->second : reading->Current();
  // The driver asks for subleaf 0 where none is given: sys/dev/cpuctl of FreeBSD.
  reading->evidence.AddCpuid(whose, {*leaf, subleaf.value_or(0)}, PartialCpuid{r}, line.number);
  return Fate::kUsed;
}

// Origin="GenuineIntel"  Id=0x306c3  Family=0x6  Model=0x3c  Stepping=3
Fate SeeFreeBsdIdentity(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  if (!scanner.Take("Origin=\"") && !scanner.Take("Origin = \"")) return Fate::kNothing;
  const std::string_view rest = scanner.rest();
  const std::size_t quote = rest.find('"');
  if (quote == std::string_view::npos) return Fate::kNotUnderstood;
  // Hypervisors are presented in the same way.
  if (!AddVendor(Whose::One(), rest.substr(0, quote), std::nullopt, line.number, reading)) {
    return Fate::kNothing;
  }
  Scanner id(rest.substr(quote + 1));
  id.SkipBlanks();
  if (!id.Take("Id=") && !id.Take("Id = ")) return Fate::kUsed;
  const auto signature = id.TakePrefixedHex<std::uint32_t>();
  if (!signature || !id.AtBlankOrEnd()) return Fate::kNotUnderstood;
  reading->evidence.AddCpuid(Whose::One(), {kSignatureLeaf, 0},
                             Only(CpuidRegister::kEax, *signature), line.number);
  return Fate::kUsed;
}

// Features2=0x7ffafbbf<SSE3,PCLMULQDQ,...,VMX,...>
Fate SeeFreeBsdFeatures(const PeeledLine& line, Reading* reading) {
  const std::size_t equals = line.text.find('=');
  if (equals == std::string_view::npos) return Fate::kNothing;
  for (const Features& features : kFeatures) {
    if (line.text.substr(0, equals) != features.name) continue;
    Scanner scanner(line.text.substr(equals + 1));
    const auto value = scanner.TakePrefixedHex<std::uint32_t>();
    if (!value || !scanner.Take('<')) return Fate::kNotUnderstood;
    reading->evidence.AddCpuid(Whose::One(), features.leaf, Only(features.which, *value),
                               line.number);
    return Fate::kUsed;
  }
  return Fate::kNothing;
}

// cpu0: Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz, 3392.71 MHz, 06-3c-03, patch 00000028
Fate SeeOpenBsdIdentity(const PeeledLine& line, Reading* reading) {
  Scanner scanner(line.text);
  const auto cpu = TakeCpu(&scanner);
  constexpr std::string_view kClock = " MHz, ";
  const std::size_t at = scanner.rest().rfind(kClock);
  if (!cpu || at == std::string_view::npos) return Fate::kNothing;
  Scanner numbers(scanner.rest().substr(at + kClock.size()));
  std::uint8_t family = 0;
  std::uint8_t model = 0;
  std::uint8_t stepping = 0;
  if (!numbers.TakeHexDigits(&family) || !numbers.Take('-') || !numbers.TakeHexDigits(&model) ||
      !numbers.Take('-') || !numbers.TakeHexDigits(&stepping) ||
      !IsSignature(family, model, stepping)) {
    return Fate::kNothing;
  }
  AddSignature(*cpu, family, model, stepping, line.number, reading);
  std::uint32_t patch = 0;
  if (numbers.Take(", patch ") && numbers.TakeHexDigits(&patch)) {
    reading->evidence.SetMeta(meta::kMicrocode, fmt::format("{:#x}", patch));
  }
  return Fate::kUsed;
}

}  // namespace vtprobe::import
