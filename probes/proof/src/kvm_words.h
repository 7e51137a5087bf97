// Why KVM did not run a guest, in words.

#ifndef VTPROBE_PROBES_PROOF_SRC_KVM_WORDS_H_
#define VTPROBE_PROBES_PROOF_SRC_KVM_WORDS_H_

#include <linux/kvm.h>

#include <string>
#include <string_view>

#include "vtprobe/proof/guest_runner.h"

namespace vtprobe {

// Of open(2) of /dev/kvm, which gave -errno.
std::string WhyNotOpened(int error);

// Of a request by its name, which gave -errno.
GuestRun Refusal(std::string_view request, int error);

// Of a guest that did not end in HLT.
GuestRun OtherEnd(const kvm_run& run);

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_PROOF_SRC_KVM_WORDS_H_
