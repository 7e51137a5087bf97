// What a recording's metadata tells the decision engine, in types. What it
// does not tell is absent.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_CONTEXT_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_CONTEXT_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vtprobe/hal/metadata.h"

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

enum class Stage : std::uint8_t { kPreOs, kOs, kGuest };

struct Context {
  std::optional<Stage> stage;
  std::optional<KernelVersion> kernel;
  std::string kernel_name;  // "Linux 6.1", for sentences; empty without a kernel
  std::optional<bool> kvm_intel_built;
  std::optional<bool> measured_launch;
};

Context ContextOf(const Metadata& metadata);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_CONTEXT_H_
