// What Linux writes to IA32_FEATURE_CONTROL where firmware left it unlocked: one
// row for each range of releases, since each learned to write more bits. A
// locked value that a release can't have written is not that kernel's.

#ifndef VTPROBE_PROBES_SRC_VIRTUALIZATION_LINUX_FEATURE_CONTROL_H_
#define VTPROBE_PROBES_SRC_VIRTUALIZATION_LINUX_FEATURE_CONTROL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "context.h"

namespace vtprobe {

// What a release writes, from `since` on until the next row.
struct LinuxWrites {
  KernelVersion since;
  std::uint64_t bits = 0;  // all that it ever sets
  // SGX without SGX_LAUNCH_CONTROL, on a CPU without SGX_LC.
  bool sgx_alone = false;
  std::string_view source;
};

// The row of a release; null for one that keeps what firmware wrote and adds
// to it, so that nothing follows from the value.
const LinuxWrites* FindLinuxWrites(const KernelVersion& kernel);

// Why a kernel of that release can't have written the value, as what the kernel
// does ("never sets SGX_LAUNCH_CONTROL without SGX"); nothing if it can have.
// `sgx_lc`: CPUID.7.0:ECX[30], absent if it was not read.
std::optional<std::string_view> WhyNotLinux(const LinuxWrites& writes, std::uint64_t value,
                                            std::optional<bool> sgx_lc, const Context& context);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SRC_VIRTUALIZATION_LINUX_FEATURE_CONTROL_H_
