// What coreboot's routines call besides: its messages, which nobody reads here, and other CPUs.
#include "glue.h"

vtprobe::fixtures::FirmwareHost* host = nullptr;

extern "C" {
int printk(int, const char*, ...) { return 0; }
int do_printk(int, const char*, ...) { return 0; }
void halt() { vtprobe::fixtures::FirmwareHost::Stop("halt()"); }
int mp_run_on_all_cpus(void (*code)(void*), void* with) {
  host->OnEveryCpu([=] { code(with); });
  return 0;
}
int romstage_handoff_is_resume() { return 0; }
void acpi_disable_sci() {}
void acpi_enable_sci() {}
void post_code(unsigned char) {}
}
