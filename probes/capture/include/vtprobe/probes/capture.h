// Reads a machine into a snapshot: every CPU by a thread that is on it.
//
// A local read spares the interrupt that a remote one sends to the CPU asked,
// and CPUID answers for the CPU it runs on, so workers are bound to the CPUs.
// Each register of a CPU is asked for once, and nothing else: with the kernel's
// drivers that is one system call. On each CPU the CPUID leaves come first: they
// say which MSRs are there to be read. A failure is a reading like any other, and
// so is a CPU to which no thread can be bound.

#ifndef VTPROBE_PROBES_CAPTURE_H_
#define VTPROBE_PROBES_CAPTURE_H_

#include <cstddef>
#include <functional>

#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/pinned_workers.h"
#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/snapshot.h"

namespace vtprobe {

struct CapturePlan {
  Selection registers;
  // Asks CPUID also for all else that it announces, leaf by leaf.
  bool all_cpuid = false;
  // Keeps what tells one machine from its twins: of CPUID, leaf 3, the serial
  // number of a Pentium III.
  bool identifiers = false;
  // Reads also those MSRs of the register table of which CPUID says that the
  // CPU has none. An MSR that the table does not know is always read.
  bool absent_msrs = false;
  // Two CPUs of a live machine that give the same APIC id were one: the thread
  // was not where it should have been. All their CPUID readings become
  // kNotPinned; their MSRs, which the driver reads on the CPU it is asked for,
  // stay. Recordings often give all CPUs the same leaves.
  bool distinct_apic_ids = true;
  // One CPU after the other: on a host that has deadlines to keep, reads on many
  // CPUs at a time disturb.
  bool sequential = false;
  // Called now and then, by the thread that captures, with the number of CPUs
  // that are done; may be empty.
  std::function<void(std::size_t done)> progress = nullptr;
};

// Reads the online CPUs, on workers that last for this one capture, and declares
// the offline ones. `metadata` is taken over as it is.
PlatformSnapshot Capture(const CapturePlan& plan, const CpuSet& online, const CpuSet& offline,
                         Metadata metadata, MsrReader& msrs, CpuidReader& cpuid);

// On workers that the caller keeps, for one capture after the other.
PlatformSnapshot Capture(const CapturePlan& plan, const CpuSet& online, const CpuSet& offline,
                         Metadata metadata, MsrReader& msrs, CpuidReader& cpuid,
                         PinnedWorkers& workers);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_H_
