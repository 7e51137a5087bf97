// What was seen of guests that were run on this machine's CPUs, as the verdict
// looks at it: a register says that the extension may be used, a guest that ran says
// that it works.

#ifndef VTPROBE_PROBES_SEEN_GUESTS_H_
#define VTPROBE_PROBES_SEEN_GUESTS_H_

#include <cstdint>
#include <string>

#include "vtprobe/hal/cpu_set.h"

namespace vtprobe {

struct SeenGuests {
  // What the one who ran them needs of a CPU. kNothing: or it is not known what.
  enum class Needs : std::uint8_t { kVmx, kSvm, kNothing };

  std::string provider;  // "kvm_intel"
  Needs needs = Needs::kNothing;
  CpuSet ran;      // and computed what they should
  CpuSet refused;  // for another reason than that another hypervisor holds the extension
  CpuSet wrong;    // ran and computed something else

  // What JudgeVirtualization() found. CPUs of which the guests decide and no register does:
  // a switch that was not read, or one that allows what does not work.
  CpuSet proven{};
  CpuSet disproven{};
  // CPUs on which a guest ran by the extension that their registers do not allow.
  CpuSet contradicted{};

  // A CPU that can't, or computes wrongly, fails the machine whatever its registers say.
  // Of a provider that needs nothing, a refusal says nothing of the CPU.
  bool IsFailure() const {
    return !wrong.empty() || (needs != Needs::kNothing && !refused.empty());
  }
};

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SEEN_GUESTS_H_
