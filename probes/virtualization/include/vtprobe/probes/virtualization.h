// The answer to the question this project exists for: is hardware
// virtualization usable on every CPU, and if not, who switched it off and what
// brings it back?
//
// JudgeVirtualization() is a pure function of a snapshot. A value that was not
// read is never a value: it ends in kIndeterminate, unless another CPU already
// proves the host failing. The verdict carries facts; wording.h says them.

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
#include "vtprobe/probes/identity.h"
#include "vtprobe/probes/seen_guests.h"
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
  // A sentence on what these readings mean; empty if the state says it all. Of
  // what holds for the whole system it says nothing.
  std::string note;
  // The switch first, if it was read or should have been.
  std::vector<Evidence> evidence;
};

// Whose words decided a verdict: those of the kernel's log, of firmware's console
// or of a program.
enum class Speaker : std::uint8_t { kKernel, kFirmware, kProgram };

// "the kernel", "the firmware", "a program on it"
std::string_view Name(Speaker speaker);

struct QuotedWords {
  Speaker speaker = Speaker::kKernel;
  std::string words;
};

// What an answer has to say of the machine beside its switches. Absent: not known.
struct JudgedMachine {
  CpuSet online;
  CpuSet offline;
  std::optional<Vendor> vendor;
  std::optional<std::string> hypervisor;
  // The processor's number of logical CPUs, where its CPUID tells of more than
  // the snapshot covers.
  std::optional<std::uint32_t> more_cpus;
  // What protects this guest from its hypervisor: "SEV-SNP".
  std::optional<std::string_view> guest_protection;
  // The extension that KVM was seen to run with; kNone if it was not.
  Technology kvm_runs_with = Technology::kNone;
  // What KVM works through, where that needs no hardware: "kvm_pvm".
  std::optional<std::string> kvm_provider;
};

struct VirtualizationVerdict {
  Technology technology = Technology::kUnknown;
  State state = State::kIndeterminate;
  Usable usable = Usable::kUnknown;
  Attribution attribution = Attribution::kUnknown;
  std::string attribution_reason;
  // The host's own system, where a hypervisor runs it.
  std::optional<HostPartition> partition;
  JudgedMachine machine;
  // The words that decided it, where no register could.
  std::optional<QuotedWords> quoted;
  // Ordered by lowest CPU; together all CPUs that count.
  std::vector<VirtualizationGroup> groups;
  // Guests that were run, held against the registers.
  std::optional<SeenGuests> guests;
};

// `before_system`, if there is one, is a recording of the same boot from before
// an operating system ran. It may prove who set the switch. A proof that the snapshot
// carries decides what no register does; the state stays what these say.
VirtualizationVerdict JudgeVirtualization(const PlatformSnapshot& snapshot,
                                          const PlatformSnapshot* before_system = nullptr);

// What the value of a switch says of a CPU that offers what it switches: "On an
// Intel CPU: VT-x off and locked until the next reset." Empty for a register that
// is none.
std::string WhatItSwitches(MsrAddress address, const RegisterReading& value);

// The registers that JudgeVirtualization() looks at.
Selection VirtualizationRegisters();

// The command's exit status for a verdict: 0 usable, 1 not, or guests failed, 2 can't
// be determined, 3 not offered.
int ExitCode(const VirtualizationVerdict& verdict);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_H_
