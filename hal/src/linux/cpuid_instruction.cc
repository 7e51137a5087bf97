#include "vtprobe/hal/cpuid_instruction.h"

#if !defined(__x86_64__)
#error "CPUID is an instruction of x86: build this backend for x86-64"
#endif

#include <cpuid.h>
#include <sched.h>

#include "vtprobe/hal/pinned_scope.h"

namespace vtprobe {
namespace {

// Had the CPU gone offline, or had somebody else changed this thread's affinity,
// the answer could be another CPU's. Asking where the thread is takes no system
// call: the kernel keeps the number in the thread's own memory.
Result<CpuidRegisters> Execute(LogicalCpu cpu, CpuidLeaf leaf) {
  const int number = static_cast<int>(Number(cpu));
  if (::sched_getcpu() != number) return Fail(AccessCode::kNotPinned);
  CpuidRegisters answer;
  __cpuid_count(leaf.leaf, leaf.subleaf, answer.eax, answer.ebx, answer.ecx, answer.edx);
  if (::sched_getcpu() != number) return Fail(AccessCode::kNotPinned);
  return answer;
}

}  // namespace

Result<CpuidRegisters> CpuidInstruction::ReadCpuid(LogicalCpu cpu, CpuidLeaf leaf) {
  if (PinnedScope::AlreadyOn(cpu)) return Execute(cpu, leaf);
  const Result<PinnedScope> scope = PinnedScope::To(cpu);
  if (!scope) return tl::unexpected<AccessError>(scope.error());
  return Execute(cpu, leaf);
}

Result<CpuidRegisters> CpuidInstruction::ReadCpuidHere(const PinnedScope& here, CpuidLeaf leaf) {
  return Execute(here.cpu(), leaf);
}

}  // namespace vtprobe
