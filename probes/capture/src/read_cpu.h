// One CPU's part of a capture: which of the registers that are wanted it has,
// and what it answers for them. Runs on the CPU's worker and shares nothing that
// is written.

#ifndef VTPROBE_PROBES_CAPTURE_SRC_READ_CPU_H_
#define VTPROBE_PROBES_CAPTURE_SRC_READ_CPU_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "cpu_readings.h"
#include "vtprobe/hal/pinned_scope.h"
#include "vtprobe/hal/readers.h"
#include "vtprobe/probes/capture.h"
#include "vtprobe/registers/definition.h"

namespace vtprobe {

struct PlannedMsr {
  MsrAddress address{};
  const MsrDef* def = nullptr;  // null for one that is read wherever it is
};

// What is the same for all CPUs of a capture.
struct CpuTask {
  CpuTask(const CapturePlan& capture_plan, MsrReader& msr_reader, CpuidReader& cpuid_reader);

  const CapturePlan& plan;
  MsrReader& msrs;
  CpuidReader& cpuid;
  // Those of the plan, and those that tell one CPU from another.
  std::vector<CpuidLeaf> leaves;
  // Those of the plan, batch by batch, and where each batch ends. Whether a CPU
  // has one is known by CPUID and the batches before its own.
  std::vector<PlannedMsr> msrs_in_order;
  std::vector<std::size_t> batch_ends;
};

// `here` binds the calling thread to the CPU. It is null if the thread could not
// be bound: readers that depend on it then say so, and the others need it not.
CpuReadings ReadCpu(const CpuTask& task, LogicalCpu cpu, const PinnedScope* here);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_SRC_READ_CPU_H_
