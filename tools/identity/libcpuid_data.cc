#include "libcpuid_data.h"

#include <cstddef>
#include <cstdint>

namespace vtprobe {
namespace {

using Row = std::uint32_t[NUM_REGS];

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

}  // namespace

std::unique_ptr<cpu_raw_data_t> LibcpuidData(const RegisterView& cpu) {
  auto raw = std::make_unique<cpu_raw_data_t>();
  FillLeaves(cpu, 0, raw->basic_cpuid);
  FillLeaves(cpu, 0x8000'0000, raw->ext_cpuid);
  FillSubleaves(cpu, 0x4, raw->intel_fn4);
  FillSubleaves(cpu, 0xb, raw->intel_fn11);
  FillSubleaves(cpu, 0x12, raw->intel_fn12h);
  FillSubleaves(cpu, 0x14, raw->intel_fn14h);
  FillSubleaves(cpu, 0x8000'001d, raw->amd_fn8000001dh);
  return raw;
}

}  // namespace vtprobe
