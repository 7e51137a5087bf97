/* coreboot's own header, but for CPUID, which is the simulated CPU's: in a program it does not
 * fault on each machine, and coreboot's assembly for it would leave a host half of RBX. */
#ifndef EXAMPLE_ARCH_CPU_H_
#define EXAMPLE_ARCH_CPU_H_

#define cpuid own_cpuid
#define cpuid_ext own_cpuid_ext
#define cpuid_eax own_cpuid_eax
#define cpuid_ebx own_cpuid_ebx
#define cpuid_ecx own_cpuid_ecx
#define cpuid_edx own_cpuid_edx
#define cpuid_get_max_func own_cpuid_get_max_func
#include_next <arch/cpu.h>
#undef cpuid
#undef cpuid_ext
#undef cpuid_eax
#undef cpuid_ebx
#undef cpuid_ecx
#undef cpuid_edx
#undef cpuid_get_max_func

struct cpuid_result cpuid_ext(int leaf, unsigned int subleaf);
#define cpuid(leaf) cpuid_ext((leaf), 0)
#define cpuid_eax(leaf) (cpuid(leaf).eax)
#define cpuid_ebx(leaf) (cpuid(leaf).ebx)
#define cpuid_ecx(leaf) (cpuid(leaf).ecx)
#define cpuid_edx(leaf) (cpuid(leaf).edx)
#define cpuid_get_max_func() cpuid_eax(0)

#endif
