// SVM_KEY holds the key that undoes VM_CR.LOCK and never shows it: it reads 0
// whether firmware wrote one or not. Anything else is not that register.

#include <fmt/format.h>

#include "rules.h"
#include "vtprobe/registers/msr.h"

namespace vtprobe::rules {
namespace {

using registers::kSvmKey;

Opinion Check(const CheckedCpu& cpu) {
  const std::uint64_t value = cpu[kSvmKey];
  if (value == 0) {
    return {Outcome::kPass,
            "SVM_KEY reads 0, which says nothing about whether firmware set a key."};
  }
  return {Outcome::kWarn, fmt::format("SVM_KEY reads {:#x}; it always reads 0.", value)};
}

}  // namespace

const Rule kAmdSvmKey{.id = "amd.svm_key.reads_zero",
                      .title = "SVM_KEY does not show its key",
                      .spec = "[amd/apm-vol2] 15.31",
                      .severity = Severity::kLow,
                      .remedy =
                          "Ask the maker of the firmware or of the hypervisor that answers "
                          "for this register.",
                      .msrs = {&kSvmKey},
                      .check = Check};

}  // namespace vtprobe::rules
