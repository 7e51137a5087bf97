// LocalCpu by the instructions themselves, at ring 0. An interrupt descriptor table
// of this program's own stands in for firmware's while a CPU is read: all vectors
// are firmware's but #GP. [intel/sdm-vol3] 7.10, 7.15 (interrupt 13)

#ifndef VTPROBE_EFI_X86_CPU_H_
#define VTPROBE_EFI_X86_CPU_H_

#include <cstdint>

#include "local_cpu.h"

namespace vtprobe::efi {

// One object for all CPUs, which are read one after the other.
class X86Cpu final : public LocalCpu {
 public:
  bool Enter() override;
  void Leave() override;
  Result<std::uint64_t> ReadMsr(LogicalCpu cpu, MsrAddress address) override;
  Result<CpuidRegisters> ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) override;

 private:
  // What LIDT and SIDT take. [intel/sdm-vol2] LGDT/LIDT
  struct [[gnu::packed]] TableRegister {
    std::uint16_t limit;
    std::uint64_t base;
  };
  // [intel/sdm-vol3] 7.14.1
  struct Gate {
    std::uint16_t offset_low;
    std::uint16_t selector;
    std::uint8_t stack;
    std::uint8_t type;
    std::uint16_t offset_middle;
    std::uint32_t offset_high;
    std::uint32_t reserved;
  };
  static constexpr unsigned kGates = 256;

  alignas(16) Gate gates_[kGates] = {};
  TableRegister firmwares_ = {};
  std::uint64_t flags_ = 0;
};

}  // namespace vtprobe::efi

#endif  // VTPROBE_EFI_X86_CPU_H_
