// One CPU's CPUID, asked at each look: for who needs a bit or two of it and has no
// snapshot.

#ifndef VTPROBE_HAL_CPUID_VIEW_H_
#define VTPROBE_HAL_CPUID_VIEW_H_

#include "vtprobe/hal/readers.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

// No MSR was read: each is kNotRecorded. Thread-safety: the reader's. Refers to the
// reader, which has to outlive it.
class CpuidView final : public RegisterView {
 public:
  CpuidView(CpuidReader& reader, LogicalCpu cpu) : reader_(&reader), cpu_(cpu) {}

  MsrReading Msr(MsrAddress) const override { return tl::unexpected(AccessCode::kNotRecorded); }
  CpuidReading Cpuid(CpuidLeaf leaf) const override {
    const Result<CpuidRegisters> answer = reader_->ReadCpuid(cpu_, leaf);
    if (!answer) return tl::unexpected(answer.error().code);
    return PartialCpuid{.registers = *answer};
  }

 private:
  CpuidReader* reader_;
  LogicalCpu cpu_;
};

}  // namespace vtprobe

#endif  // VTPROBE_HAL_CPUID_VIEW_H_
