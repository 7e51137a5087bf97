// The verdict on one CPU, or on a group whose readings are the same. CPUID
// decides first; what it leaves open is the value of one MSR. The two steps
// stand apart, since on a host where no two switches are alike the CPUs mostly
// are.

#ifndef VTPROBE_PROBES_VIRTUALIZATION_SRC_JUDGE_CPU_H_
#define VTPROBE_PROBES_VIRTUALIZATION_SRC_JUDGE_CPU_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "context.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// What is left to be asked of a CPU whose CPUID offers the extension: how its
// switch is set. CPUs that are alike but for the switch share the question.
struct SwitchQuestion {
  Technology technology = Technology::kVtx;
  MsrAddress address{};       // of the switch
  std::optional<bool> guest;  // absent if the hypervisor bit was not read and the stage is open
  // Of VM_CR: whether a key can undo its lock.
  tl::expected<std::uint32_t, AccessCode> svml = tl::unexpected(AccessCode::kNotRecorded);
  // Of IA32_FEATURE_CONTROL: whether CPUID has SGX launch control; absent if
  // that was not read.
  std::optional<bool> sgx_lc;
  std::vector<Evidence> evidence;  // the switch's comes first
};

// Nothing for a CPU whose CPUID settles it.
std::optional<SwitchQuestion> AskSwitch(const RegisterView& cpu, const Context& context);

// The verdict of a CPU that gave the question and whose switch reads so; fills
// everything but `cpus`.
VirtualizationGroup JudgeSwitch(const SwitchQuestion& question, const MsrReading& value,
                                const Context& context);

// The verdict of a CPU of which there is nothing to ask; fills everything but
// `cpus`.
VirtualizationGroup JudgeWithoutSwitch(const RegisterView& cpu, const Context& context);

// The two families of switches, for a CPU whose vendor is known and not too
// old.
std::optional<SwitchQuestion> AskVmxSwitch(const RegisterView& cpu, std::optional<bool> guest);
VirtualizationGroup JudgeVmxSwitch(const SwitchQuestion& question, const MsrReading& value,
                                   const Context& context);
VirtualizationGroup JudgeWithoutVmx(const RegisterView& cpu, std::optional<bool> guest);
std::optional<SwitchQuestion> AskSvmSwitch(const RegisterView& cpu, std::optional<bool> guest);
VirtualizationGroup JudgeSvmSwitch(const SwitchQuestion& question, const MsrReading& value,
                                   const Context& context);
VirtualizationGroup JudgeWithoutSvm(const RegisterView& cpu, std::optional<bool> guest);

// The evidence without registers of which nothing is recorded: nobody asked
// for them, and the verdict does not rest on them.
std::vector<Evidence> WithoutUnasked(std::vector<Evidence> evidence);

// Of a switch of which some bits are known: what `decide` makes of it, whatever
// those of the mask's few bits are that are not known. Where they make a difference
// to who wants to use the extension it is unread, and names them; where to the state
// alone, the note is `if_state_is_open`.
VirtualizationGroup DecideByBits(const MsrDef& msr, const MsrReading& value, std::uint64_t mask,
                                 std::string_view if_state_is_open,
                                 const std::function<VirtualizationGroup(std::uint64_t)>& decide);

// Whether it is off as it is by the bits that are known of its switch, whether or not
// that is locked: SVMDIS is set, or VMX_OUTSIDE_SMX is clear (of no measured launch).
bool IsKnownOff(const MsrDef& msr, const MsrReading& value);

// A CPU whose feature bit is clear.
VirtualizationGroup NotOffered(std::optional<bool> guest);
// Something that the verdict needs could not be read.
VirtualizationGroup Unread(Technology technology, AccessCode code, std::string note);
// The switch raised #GP although CPUID offers the extension.
VirtualizationGroup SwitchFaults(Technology technology, std::optional<bool> guest);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_VIRTUALIZATION_SRC_JUDGE_CPU_H_
