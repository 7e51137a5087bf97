// Who runs a guest on a CPU.
//
// A register says that virtualization may be used; a guest that ran says that it
// works. It says so of the hardware only where what runs it needs the hardware:
// KVM also works by page tables alone (kvm_pvm), and then a guest that ran says
// nothing of VT-x or SVM.

#ifndef VTPROBE_PROOF_GUEST_RUNNER_H_
#define VTPROBE_PROOF_GUEST_RUNNER_H_

#include <cstdint>

#include "vtprobe/hal/proof_record.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

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
