// What a live Linux host says of itself besides its registers: the kernel and
// how it was built, who launched it, firmware, microcode, and which CPUs are
// there. The decision engine weighs registers against these facts, and a
// recording carries them, so that it is judged alike elsewhere.
//
// Every fact is optional. One that can't be read, or reads as nonsense, is left
// out: an absent fact makes a verdict less specific, a guessed one makes it
// wrong. Nothing that names one machine (serial numbers, UUID, asset tags, host
// name) is looked at. Core types are not here: each CPU gives its own in CPUID
// leaf 0x1A, which a snapshot holds.

#ifndef VTPROBE_HAL_HOST_CONTEXT_H_
#define VTPROBE_HAL_HOST_CONTEXT_H_

#include <filesystem>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"

namespace vtprobe {

struct HostContext {
  // Of the keys in metadata.h: kernel, kvm_intel, measured_launch, hypervisor
  // (only what a hypervisor that Linux knows by name tells it), microcode (all
  // distinct revisions of the online CPUs, ascending, separated by ", "),
  // firmware.vendor, firmware.version, firmware.date (YYYY-MM-DD if firmware
  // wrote a date, else what it wrote), board ("VENDOR NAME"), lockdown
  // (none, integrity, confidentiality), secure_boot, iommu.table, iommu.units,
  // interrupt_remapping, smt, cpus.announced with cpus.online, acpi.dmar_flags and
  // acpi.wsmt (root's to read), psp.ATTRIBUTE, tdx.module,
  // hsti.required and its like, sev.firmware and snp.firmware with
  // what that says of its state (root's, too),
  // kvm.module with that module's parameters ("kvm_intel.ept"), kvm.extension and
  // kvm.feature_msrs, which KVM tells whoever may open /dev/kvm, and kernel_log
  // with what the kernel said of virtualization ("kernel_log.1").
  Metadata metadata;
  // Empty if the host doesn't say.
  CpuSet online;
  // CPUs that are there and not online. CPUs that might be plugged in some day
  // belong to neither set.
  CpuSet offline;
};

// Reads the host whose files are found below `root`. Never fails and never
// blocks: what stands in a file's place, be it a directory, a FIFO or a file
// without end, counts as absent. Needs no privilege, but sees less without it:
// the kernel log, and thereby measured_launch, is often root's to read.
HostContext ReadHostContext(const std::filesystem::path& root = "/");

}  // namespace vtprobe

#endif  // VTPROBE_HAL_HOST_CONTEXT_H_
