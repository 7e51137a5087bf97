// The answer to the question this project exists for: is hardware
// virtualization usable on every CPU, and if not, who switched it off and what
// brings it back?
//
// JudgeVirtualization() is a pure function of a snapshot. A value that was not
// read is never a value: it ends in kIndeterminate, unless another CPU already
// proves the host failing.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_H_
#define VTPROBE_PROBES_VIRTUALIZATION_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vtprobe/hal/access_error.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/hal/types.h"
#include "vtprobe/probes/evidence.h"
#include "vtprobe/probes/system.h"

namespace vtprobe {

enum class State : std::uint8_t {
#define VTPROBE_STATE(state, name) state,
#include "vtprobe/probes/virtualization.def"
#undef VTPROBE_STATE
};

inline constexpr std::array kAllStates = {
#define VTPROBE_STATE(state, name) State::state,
#include "vtprobe/probes/virtualization.def"
#undef VTPROBE_STATE
};

// kNone: CPUID offers neither. kUnknown: hidden, or not to be trusted.
enum class Technology : std::uint8_t { kVtx, kSvm, kNone, kUnknown };

// From worst to best: of CPUs that differ, the lowest is the host's.
enum class Usable : std::uint8_t { kNo, kNotYet, kUnknown, kYes };

// Who put the switch where it is, as far as the evidence goes.
enum class Attribution : std::uint8_t {
  kFirmware,
  kKernel,
  kFirmwareOrKernel,
  kHypervisor,
  kUnknown
};

// The names in reports: "disabled_locked", "vt-x", "not_yet", "firmware".
std::string_view Name(State state);
std::string_view Name(Technology technology);
std::string_view Name(Usable usable);
std::string_view Name(Attribution attribution);

// CPUs that are in the same state on the same evidence.
struct VirtualizationGroup {
  CpuSet cpus;
  Technology technology = Technology::kUnknown;
  State state = State::kIndeterminate;
  Usable usable = Usable::kUnknown;
  Attribution attribution = Attribution::kUnknown;
  // What the attribution rests on, as a clause; empty where there is none.
  std::string attribution_reason;
  // Why the state is kIndeterminate, if a register could not be read.
  std::optional<AccessCode> unread;
  // A sentence on what these readings mean; empty if the state says it all.
  std::string note;
  // The switch first, if it was read or should have been.
  std::vector<Evidence> evidence;
};

struct VirtualizationVerdict {
  Technology technology = Technology::kUnknown;
  State state = State::kIndeterminate;
  Usable usable = Usable::kUnknown;
  Attribution attribution = Attribution::kUnknown;
  std::string attribution_reason;
  // The host's own system, where a hypervisor runs it.
  std::optional<HostPartition> partition;
  // Ordered by lowest CPU; together all CPUs that count.
  std::vector<VirtualizationGroup> groups;
  // The whole answer in one plain sentence, as the first line of a report.
  std::string headline;
  // Why, for somebody who wants to know: one or more sentences.
  std::string explanation;
  // What a person does next; empty only where nothing needs doing.
  std::string remedy;
};

// `before_system`, if there is one, is a recording of the same boot from before
// an operating system ran. It may prove who set the switch.
VirtualizationVerdict JudgeVirtualization(const PlatformSnapshot& snapshot,
                                          const PlatformSnapshot* before_system = nullptr);

// What the value of a switch says of a CPU that offers what it switches: "On an
// Intel CPU: VT-x off and locked until the next reset." Empty for a register that
// is none.
std::string WhatItSwitches(MsrAddress address, const RegisterReading& value);

// The registers that JudgeVirtualization() looks at.
Selection VirtualizationRegisters();

// The command's exit status for a verdict: 0 usable, 1 not, 2 can't be
// determined, 3 not offered.
int ExitCode(const VirtualizationVerdict& verdict);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_H_
