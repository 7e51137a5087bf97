// The verdict on one CPU, or on a group whose readings are the same.

#ifndef VTPROBE_PROBES_SRC_VIRTUALIZATION_JUDGE_CPU_H_
#define VTPROBE_PROBES_SRC_VIRTUALIZATION_JUDGE_CPU_H_

#include <optional>
#include <string>
#include <vector>

#include "virtualization/context.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/probes/virtualization.h"

namespace vtprobe {

// Fills everything but `cpus`.
VirtualizationGroup JudgeCpu(const RegisterView& cpu, const Context& context);

// The two families of switches, for a CPU whose vendor is known and not too
// old. `guest` is absent if the hypervisor bit was not read and the stage does
// not say.
VirtualizationGroup JudgeVmx(const RegisterView& cpu, std::optional<bool> guest,
                             const Context& context);
VirtualizationGroup JudgeSvm(const RegisterView& cpu, std::optional<bool> guest,
                             const Context& context);

// The evidence without registers of which nothing is recorded: nobody asked
// for them, and the verdict does not rest on them.
std::vector<Evidence> WithoutUnasked(std::vector<Evidence> evidence);

// A CPU whose feature bit is clear.
VirtualizationGroup NotOffered(std::optional<bool> guest);
// Something that the verdict needs could not be read.
VirtualizationGroup Unread(Technology technology, AccessCode code, std::string note);
// The switch raised #GP although CPUID offers the extension.
VirtualizationGroup SwitchFaults(Technology technology, std::optional<bool> guest);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SRC_VIRTUALIZATION_JUDGE_CPU_H_
