// Hardware virtualization switched on where nothing locks it, until the next reset.
//
// All of it is planned before anything is written: a CPU that is locked off, one that
// can't be read, or CPUs that differ in what is not meant to be changed end it. Of the
// registers only the switch is set; every other bit is written as it was read.

#ifndef VTPROBE_TOOLS_MSR_WRITER_ENABLE_H_
#define VTPROBE_TOOLS_MSR_WRITER_ENABLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "vtprobe/hal/msr_writer.h"
#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/types.h"

namespace vtprobe::msr_writer {

enum class Extension : std::uint8_t { kVmx, kSvm };

struct PlannedWrite {
  LogicalCpu cpu{};
  MsrAddress address{};
  std::uint64_t before = 0;
  std::uint64_t value = 0;

  friend bool operator==(const PlannedWrite&, const PlannedWrite&) = default;
};

// What would be written, on those CPUs where the switch is not on yet; or why nothing
// can be, as a clause. Reads, and writes nothing. `in_smx`: VMX also under a measured
// launch.
//
// Of VMX: LOCK and VMX_OUTSIDE_SMX of IA32_FEATURE_CONTROL, since VMXON faults while
// LOCK is 0. [intel/sdm-vol3] 24.7. Of SVM: SVMDIS of VM_CR is cleared, and LOCK stays.
// [amd/apm-vol2] 15.30.1
tl::expected<std::vector<PlannedWrite>, std::string> PlanToEnable(MsrReader& reader,
                                                                  Extension extension, bool in_smx,
                                                                  std::span<const LogicalCpu> cpus);

// Writes them in their order and reads each back. Nothing where all is as planned; or
// what was not, as a clause, at the first that is not: those before it stay written.
std::optional<std::string> Enable(MsrReader& reader, MsrWriter& writer,
                                  std::span<const PlannedWrite> plan,
                                  const std::function<void(const PlannedWrite&)>& tell);

}  // namespace vtprobe::msr_writer

#endif  // VTPROBE_TOOLS_MSR_WRITER_ENABLE_H_
