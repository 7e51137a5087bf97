#include "paste/sightings/parts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "characters.h"
#include "register_names.h"
#include "turbostat_names.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/lowercase.h"
#include "vtprobe/registers/table.h"

namespace vtprobe::import {
namespace {

constexpr std::uint32_t kSignatureLeaf = 1;

std::uint32_t Signature(std::uint32_t family, std::uint32_t model, std::uint32_t stepping) {
  // [intel/sdm-vol2] CPUID, figure of the version information
  const std::uint32_t base = std::min<std::uint32_t>(family, 0xf);
  return (family - base) << 20 | (model >> 4) << 16 | base << 8 | (model & 0xf) << 4 | stepping;
}

}  // namespace

std::optional<Whose> CpuOf(std::optional<std::uint32_t> number) {
  if (!number || *number > kMaxCpuNumber) return std::nullopt;
  return Whose::Cpu(*number);
}

std::optional<Whose> TakeCpu(Scanner* scanner) {
  Scanner ahead = *scanner;
  const bool is_bracketed = ahead.Take('[');
  if (!ahead.Take("cpu") && !ahead.Take("CPU") && !ahead.Take("Cpu")) return std::nullopt;
  ahead.SkipBlanks();
  const auto cpu = CpuOf(ahead.TakeDecimal());
  if (!cpu) return std::nullopt;
  if (is_bracketed ? !ahead.Take(']') : !ahead.Take(':') && !ahead.Take(',')) return std::nullopt;
  ahead.SkipBlanks();
  *scanner = ahead;
  return cpu;
}

std::optional<MsrAddress> AddressOf(std::string_view name) {
  const std::string upper = [&] {
    std::string text(name);
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
  }();
  const auto find = [](std::string_view wanted) -> std::optional<MsrAddress> {
    if (const MsrDef* const msr = registers::FindMsr(wanted)) return msr->address;
    return FindRegister(kTurbostatNames, wanted);
  };
  std::string_view rest = upper;
  if (const auto found = find(rest)) return found;
  if (rest.ends_with("_MSR")) rest.remove_suffix(4);
  if (rest.starts_with("MSR_")) rest.remove_prefix(4);
  for (const std::string_view prefix : {"", "MSR_", "IA32_", "MSR_IA32_"}) {
    if (const auto found = find(std::string(prefix) + std::string(rest))) return found;
  }
  // The names of the Linux source and of programs that differ from the manual's.
  static constexpr std::array kOthers = {
      RegisterName{"FEAT_CTL", kFeatureControl},
      RegisterName{"IA32_FEAT_CTL", kFeatureControl},
      RegisterName{"IA32_MISC_ENABLES", 0x1a0},
  };
  static_assert(AreAscending(kOthers));
  return FindRegister(kOthers, rest);
}

std::optional<std::uint64_t> TakeClearHex(Scanner* scanner) {
  Scanner ahead = *scanner;
  const bool is_prefixed = ahead.TakeHexPrefix();
  const std::size_t before = ahead.rest().size();
  const auto value = ahead.TakeHex<std::uint64_t>();
  const std::size_t digits = before - ahead.rest().size();
  if (!value || (!is_prefixed && digits != 8 && digits != 16)) return std::nullopt;
  const std::string_view rest = ahead.rest();
  if (!rest.empty() && IsWordCharacter(rest.front())) return std::nullopt;
  *scanner = ahead;
  return value;
}

bool SpeaksOfOther(std::string_view line) {
  const std::string lower = Lowercase(line);
  constexpr std::array<std::string_view, 14> kWords = {
      "expect",   "should", "must be", "by default", "default is",  "default value", "instead of",
      "writing ", "wrmsr",  "#define", "e.g.",       "for example", "vcpu",          "guest "};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool IsBrokenOff(const Scanner& behind, const PeeledLine& line) {
  return line.may_go_on && behind.AtEnd();
}

std::optional<std::uint32_t> ValueBehind(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  Scanner scanner(text.substr(at + name.size()));
  scanner.SkipBlanks();
  return scanner.TakePrefixedHex<std::uint32_t>();
}

std::optional<std::string_view> ValueOf(std::string_view text, std::string_view key) {
  if (!text.starts_with(key)) return std::nullopt;
  text.remove_prefix(key.size());
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  if (!text.starts_with(':')) return std::nullopt;
  return Trimmed(text.substr(1));
}

bool IsSignature(std::uint32_t family, std::uint32_t model, std::uint32_t stepping) {
  return family <= 0xf + 0xff && model <= 0xff && stepping <= 0xf;
}

void AddSignature(Whose cpu, std::uint32_t family, std::uint32_t model, std::uint32_t stepping,
                  std::size_t line, Reading* reading) {
  PartialCpuid answer{{}, MaskOf(CpuidRegister::kEax)};
  answer.registers.eax = Signature(family, model, stepping);
  reading->evidence.AddCpuid(cpu, {kSignatureLeaf, 0}, answer, line);
}

bool AddVendor(Whose cpu, std::string_view vendor, std::optional<std::uint32_t> highest,
               std::size_t line, Reading* reading) {
  constexpr std::size_t kLength = 12;
  if (vendor.size() != kLength) return false;
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(vendor[at + i]);
    }
    return value;
  };
  PartialCpuid answer{{highest.value_or(0), word(0), word(8), word(4)}, kAllCpuidRegisters};
  if (!highest) answer = answer.Masked(0xe);
  reading->evidence.AddCpuid(cpu, {0, 0}, answer, line);
  return true;
}

}  // namespace vtprobe::import
