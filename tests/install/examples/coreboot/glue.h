// The routines under test, as coreboot has them, and what they run on.
#ifndef EXAMPLE_GLUE_H_
#define EXAMPLE_GLUE_H_

#include <vtprobe/fixtures/trap_host.h>

extern "C" {
void set_vmx_and_lock(void);
void set_aesni_lock(void);
void set_energy_perf_bias(unsigned char policy);
// AMD: those of the state machine (BOOT_STATE_INIT_ENTRY) that the linker would collect.
extern void (*const amd_soc_finalize)(void*);
}

// On whose CPUs they run.
extern vtprobe::fixtures::FirmwareHost* host;

#endif  // EXAMPLE_GLUE_H_
