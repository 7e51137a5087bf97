// The routines under test, as coreboot has them, and where the board has SMM's memory.
#ifndef EXAMPLE_GLUE_H_
#define EXAMPLE_GLUE_H_

#include <vtprobe/fixtures/trap_host.h>

#include <cstddef>
#include <cstdint>

constexpr int kCpus = 4;
constexpr std::uintptr_t kTseg = 0x7b000000;
constexpr std::size_t kTsegSize = 0x800000;
// Where a CPU's first SMI finds its code and state: [intel/sdm-vol3] 32.4
constexpr std::uintptr_t kFirstSmbase = 0x30000;
constexpr std::uintptr_t PermanentSmbase(int cpu) { return kTseg + 0x100000 - cpu * 0x400; }
// What each CPU has since its last SMI.
extern std::uint32_t smbases[kCpus];

extern "C" {
void set_vmx_and_lock(void);
void set_aesni_lock(void);
void set_energy_perf_bias(unsigned char policy);
void load_ramstage(void);
// Those of mp_ops, of the boot CPU and of each.
void smm_info(std::uintptr_t* base, std::size_t* size, std::size_t* save_state_size);
void smm_initialize(void);
void smm_relocate(void);
void smm_relocation_handler(int cpu, std::uintptr_t now, std::uintptr_t permanent);
// AMD: those of the state machine (BOOT_STATE_INIT_ENTRY) that the linker would collect, and
// what they run on each CPU.
extern void (*const amd_soc_finalize)(void*);
extern void (*const amd_per_core_finalize)(void*);
}

#endif  // EXAMPLE_GLUE_H_
