#include "identity/libcpuid_opinion.h"

#include <libcpuid/libcpuid.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <memory>

namespace vtprobe {
namespace {

using Row = std::uint32_t[NUM_REGS];

// Libcpuid knows no missing leaf: what was not read stays 0.
void Fill(const RegisterView& cpu, CpuidLeaf leaf, Row& row) {
  const CpuidReading reading = cpu.Cpuid(leaf);
  if (!reading || reading->recorded != kAllCpuidRegisters) return;
  row[0] = reading->registers.eax;
  row[1] = reading->registers.ebx;
  row[2] = reading->registers.ecx;
  row[3] = reading->registers.edx;
}

template <std::size_t kCount>
void FillLeaves(const RegisterView& cpu, std::uint32_t first, Row (&rows)[kCount]) {
  for (std::uint32_t i = 0; i < kCount; ++i) Fill(cpu, {first + i, 0}, rows[i]);
}

template <std::size_t kCount>
void FillSubleaves(const RegisterView& cpu, std::uint32_t leaf, Row (&rows)[kCount]) {
  for (std::uint32_t i = 0; i < kCount; ++i) Fill(cpu, {leaf, i}, rows[i]);
}

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lowered;
}

}  // namespace

std::optional<std::string> LibcpuidCodename(const RegisterView& cpu) {
  for (const std::uint32_t leaf : {0u, 1u}) {
    const CpuidReading reading = cpu.Cpuid({leaf});
    if (!reading || reading->recorded != kAllCpuidRegisters) return std::nullopt;
  }
  const auto raw = std::make_unique<cpu_raw_data_t>();
  FillLeaves(cpu, 0, raw->basic_cpuid);
  FillLeaves(cpu, 0x8000'0000, raw->ext_cpuid);
  FillSubleaves(cpu, 0x4, raw->intel_fn4);
  FillSubleaves(cpu, 0xb, raw->intel_fn11);
  FillSubleaves(cpu, 0x12, raw->intel_fn12h);
  FillSubleaves(cpu, 0x14, raw->intel_fn14h);
  FillSubleaves(cpu, 0x8000'001d, raw->amd_fn8000001dh);
  const auto identified = std::make_unique<cpu_id_t>();
  if (cpu_identify(raw.get(), identified.get()) < 0) return std::nullopt;
  std::string codename(identified->cpu_codename);
  if (codename.empty() || codename.starts_with("Unknown")) return std::nullopt;
  return codename;
}

bool Corroborates(std::string_view libcpuid_codename, std::string_view our_codename) {
  const std::string theirs = Lowered(libcpuid_codename);
  const std::string ours = Lowered(our_codename);
  // "zen (summit ridge, naples)": any of the names between the punctuation.
  for (std::size_t at = 0; at < ours.size();) {
    const std::size_t start = ours.find_first_not_of(" (,)", at);
    if (start == std::string::npos) break;
    std::size_t end = std::min(ours.find_first_of("(,)", start), ours.size());
    at = end;
    while (end > start && ours[end - 1] == ' ') --end;
    if (theirs.find(ours.substr(start, end - start)) != std::string::npos) return true;
  }
  return false;
}

}  // namespace vtprobe
