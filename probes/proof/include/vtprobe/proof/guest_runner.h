// What running a guest on a CPU showed, and who runs it.
//
// A register says that virtualization may be used; a guest that ran says that it
// works. It says so of the hardware only where what runs it needs the hardware:
// KVM also works by page tables alone (kvm_pvm), and then a guest that ran says
// nothing of VT-x or SVM.

#ifndef VTPROBE_PROOF_GUEST_RUNNER_H_
#define VTPROBE_PROOF_GUEST_RUNNER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "vtprobe/hal/types.h"

namespace vtprobe {

enum class GuestOutcome : std::uint8_t {
  kRan,       // and computed what it should
  kRefused,   // the CPU or KVM did not let it run
  kWrong,     // it ran and did something else
  kNotAsked,  // nothing was tried on this CPU
};

// The names in reports: "ran", "refused", "wrong", "not_asked".
std::string_view Name(GuestOutcome outcome);

struct GuestRun {
  GuestOutcome outcome = GuestOutcome::kNotAsked;
  // Why it is not kRan, as a clause that begins in lower case; empty where it is.
  std::string reason{};
  // Another hypervisor holds the extension, which then works, or may: a refusal
  // that proves nothing.
  bool is_busy = false;

  friend bool operator==(const GuestRun&, const GuestRun&) = default;
};

// Runs a guest, by whatever means.
class GuestRunner {
 public:
  virtual ~GuestRunner() = default;
  GuestRunner(const GuestRunner&) = delete;
  GuestRunner& operator=(const GuestRunner&) = delete;

  // Runs its guests once on the CPU that the calling thread is bound to, whose
  // number is `cpu`. They compute with `input`, so that no earlier result is taken
  // for this one's. Thread-safety: different threads call it at the same time, for
  // different CPUs.
  virtual GuestRun Run(LogicalCpu cpu, std::uint64_t input) = 0;

 protected:
  GuestRunner() = default;
};

}  // namespace vtprobe

#endif  // VTPROBE_PROOF_GUEST_RUNNER_H_
