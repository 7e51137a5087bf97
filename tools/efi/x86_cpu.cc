#include "x86_cpu.h"

#include <algorithm>
#include <cstddef>

// The two instructions that may fault, and what becomes of a #GP that one of them
// raised: the handler lets it go on where 0 is returned. A #GP of anything else is
// firmware's, as are its other exceptions. An exception pushes an error code, then
// RIP. [intel/sdm-vol3] 7.14.2
asm(R"(
  .text
  .globl vtprobe_efi_rdmsr
  .hidden vtprobe_efi_rdmsr
vtprobe_efi_rdmsr:               # (edi: address, rsi: where the value goes)
  movl %edi, %ecx
vtprobe_efi_rdmsr_may_fault:
  rdmsr
  shlq $32, %rdx
  movl %eax, %eax
  orq %rdx, %rax
  movq %rax, (%rsi)
  movl $1, %eax
  ret

  .globl vtprobe_efi_load
  .hidden vtprobe_efi_load
vtprobe_efi_load:                # (rdi: address)
  movq (%rdi), %rax
  movl $1, %eax
  ret

vtprobe_efi_has_faulted:
  xorl %eax, %eax
  ret

  .globl vtprobe_efi_catch
  .hidden vtprobe_efi_catch
vtprobe_efi_catch:
  pushq %rax
  leaq vtprobe_efi_rdmsr_may_fault(%rip), %rax
  cmpq %rax, 16(%rsp)
  je 1f
  leaq vtprobe_efi_load(%rip), %rax
  cmpq %rax, 16(%rsp)
  je 1f
  popq %rax
  jmpq *vtprobe_efi_firmwares_catch(%rip)
1:
  leaq vtprobe_efi_has_faulted(%rip), %rax
  movq %rax, 16(%rsp)
  popq %rax
  addq $8, %rsp
  iretq

  .data
  .globl vtprobe_efi_firmwares_catch
  .hidden vtprobe_efi_firmwares_catch
  .balign 8
vtprobe_efi_firmwares_catch:
  .quad 0
  .text
)");

// NOLINTBEGIN(readability-identifier-naming): as the assembler has them
extern "C" {
[[gnu::visibility("hidden")]] int vtprobe_efi_rdmsr(std::uint32_t address, std::uint64_t* value);
[[gnu::visibility("hidden")]] int vtprobe_efi_load(std::uint64_t address);
[[gnu::visibility("hidden")]] void vtprobe_efi_catch();
[[gnu::visibility("hidden")]] extern std::uint64_t vtprobe_efi_firmwares_catch;
}
// NOLINTEND(readability-identifier-naming)

namespace vtprobe::efi {
namespace {

constexpr unsigned kGeneralProtection = 13;
constexpr std::uint8_t kInterruptGate = 0x8e;  // present, ring 0; [intel/sdm-vol3] figure 6-8

// Neither half of the addresses that 48 or 57 bits can form: a load from it raises
// #GP on every CPU. [intel/sdm-vol1] 3.3.7.1
constexpr std::uint64_t kNonCanonical = std::uint64_t{1} << 63;

}  // namespace

bool X86Cpu::Enter() {
  asm volatile("pushfq\n popq %0\n cli" : "=r"(flags_) : : "memory");
  asm volatile("sidt %0" : "=m"(firmwares_));

  // NOLINTNEXTLINE(performance-no-int-to-ptr): the CPU gives its address as a number
  const auto* const given = reinterpret_cast<const Gate*>(firmwares_.base);
  const std::size_t count = std::min<std::size_t>((firmwares_.limit + 1u) / sizeof(Gate), kGates);
  std::fill(std::copy_n(given, count, gates_), gates_ + kGates, Gate{});
  Gate& gate = gates_[kGeneralProtection];
  vtprobe_efi_firmwares_catch = std::uint64_t{gate.offset_high} << 32 |
                                std::uint64_t{gate.offset_middle} << 16 | gate.offset_low;
  const auto handler = reinterpret_cast<std::uint64_t>(&vtprobe_efi_catch);
  std::uint16_t selector = 0;
  asm volatile("movw %%cs, %0" : "=r"(selector));
  gate = {.offset_low = static_cast<std::uint16_t>(handler),
          .selector = selector,
          .stack = 0,
          .type = kInterruptGate,
          .offset_middle = static_cast<std::uint16_t>(handler >> 16),
          .offset_high = static_cast<std::uint32_t>(handler >> 32),
          .reserved = 0};
  const TableRegister own{.limit = sizeof gates_ - 1,
                          .base = reinterpret_cast<std::uint64_t>(gates_)};
  asm volatile("lidt %0" : : "m"(own) : "memory");
  return vtprobe_efi_load(kNonCanonical) == 0;
}

void X86Cpu::Leave() {
  asm volatile("lidt %0" : : "m"(firmwares_) : "memory");
  asm volatile("pushq %0\n popfq" : : "r"(flags_) : "memory", "cc");
}

Result<std::uint64_t> X86Cpu::ReadMsr(LogicalCpu, MsrAddress address) {
  std::uint64_t value = 0;
  if (vtprobe_efi_rdmsr(Number(address), &value) == 0) return Fail(AccessCode::kGeneralProtection);
  return value;
}

Result<CpuidRegisters> X86Cpu::ReadCpuid(LogicalCpu, CpuidLeaf leaf) {
  CpuidRegisters r{.eax = leaf.leaf, .ebx = 0, .ecx = leaf.subleaf, .edx = 0};
  asm volatile("cpuid" : "+a"(r.eax), "=b"(r.ebx), "+c"(r.ecx), "=d"(r.edx));
  return r;
}

}  // namespace vtprobe::efi
