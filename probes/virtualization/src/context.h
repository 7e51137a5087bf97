// What a recording as a whole tells the decision engine, mostly by its metadata,
// in types. What it does not tell is absent.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_CONTEXT_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_CONTEXT_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/system.h"

namespace vtprobe {

struct KernelVersion {
  unsigned major = 0;
  unsigned minor = 0;

  friend constexpr auto operator<=>(const KernelVersion&, const KernelVersion&) = default;
};

// The two numbers that a release such as "6.1.0-13-amd64" starts with. What
// starts otherwise may be another system's, whose numbers say nothing here.
std::optional<KernelVersion> ParseKernelRelease(std::string_view release);

// Since this release Linux locks an unlocked IA32_FEATURE_CONTROL itself.
// [linux] arch/x86/kernel/cpu/feat_ctl.c
inline constexpr KernelVersion kFirstThatLocks{5, 6};

struct Context {
  std::optional<Stage> stage;
  std::optional<KernelVersion> kernel;
  std::string kernel_name;  // "Linux 6.1", for sentences; empty without a kernel
  std::optional<bool> kvm_intel_built;
  std::optional<bool> measured_launch;
  // Whether the machine was off before this boot; absent if nobody said.
  std::optional<bool> cold_boot;
  // The host's own system, where a hypervisor runs it.
  std::optional<HostPartition> partition;

  std::optional<System> SystemOf(const RegisterView& cpu) const {
    return vtprobe::SystemOf(cpu, stage, partition ? &*partition : nullptr);
  }
};

Context ContextOf(const PlatformSnapshot& snapshot);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_CONTEXT_H_
