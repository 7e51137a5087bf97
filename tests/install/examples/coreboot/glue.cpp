// What coreboot's routines call besides: its messages, which nobody reads here, other CPUs,
// and of the chipset where TSeg is, and SMIs.
#include "glue.h"

using namespace vtprobe;
using namespace vtprobe::fixtures;

std::uint32_t smbases[kCpus];

extern "C" {
CpuidRegisters cpuid_ext(int leaf, unsigned subleaf) { return FirmwareHost::Cpuid(leaf, subleaf); }
int printk(int, const char*, ...) { return 0; }
int do_printk(int, const char*, ...) { return 0; }
void halt() { FirmwareHost::Stop("halt()"); }
int mp_run_on_all_cpus(void (*code)(void*), void* with) {
  FirmwareHost::Host().OnEveryCpu([=] { code(with); });
  return 0;
}
int romstage_handoff_is_resume() { return 0; }
void acpi_disable_sci() {}
void acpi_enable_sci() {}
void post_code(unsigned char) {}
void smm_region(std::uintptr_t* start, std::size_t* size) { *start = kTseg, *size = kTsegSize; }
void smm_southbridge_clear_state() {}
// By the local APIC, to the CPU itself: RSM takes SMBASE from the state that was saved.
void smm_initiate_relocation_parallel() {
  FirmwareHost::Host().OnSmi(FirmwareHost::Cpu().number(), [](SimulatedCpu& on) {
    const int cpu = static_cast<int>(Number(on.number()));
    smm_relocation_handler(cpu, kFirstSmbase, PermanentSmbase(cpu));
    smbases[cpu] = *reinterpret_cast<std::uint32_t*>(kFirstSmbase + 0xfef8);
  });
}
void smm_initiate_relocation() { smm_initiate_relocation_parallel(); }
}
