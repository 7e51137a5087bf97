// One CPU's readings while a capture is under way: what its worker fills, and
// what a register's presence gate looks at meanwhile.

#ifndef VTPROBE_PROBES_CAPTURE_SRC_CPU_READINGS_H_
#define VTPROBE_PROBES_CAPTURE_SRC_CPU_READINGS_H_

#include <cstddef>

#include "reading_list.h"
#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

class CpuReadings final : public RegisterView {
 public:
  using CpuidList = ReadingList<CpuidLeaf, CpuidReading>;
  using MsrList = ReadingList<MsrAddress, MsrReading>;

  void Reserve(std::size_t leaves, std::size_t msrs) {
    cpuid_.Reserve(leaves);
    msrs_.Reserve(msrs);
  }

  void Add(CpuidLeaf leaf, const CpuidReading& reading) { cpuid_.Add(leaf, reading); }
  void Add(MsrAddress address, const MsrReading& reading) { msrs_.Add(address, reading); }

  // No CPUID reading is to be trusted.
  void DistrustCpuid() {
    for (CpuidReading& reading : cpuid_.readings()) {
      reading = tl::unexpected(AccessCode::kNotPinned);
    }
  }

  bool Has(CpuidLeaf leaf) const { return cpuid_.Find(leaf) != nullptr; }
  MsrReading Msr(MsrAddress address) const override { return ReadingOf(msrs_, address); }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return ReadingOf(cpuid_, leaf); }

  const CpuidList& cpuid() const { return cpuid_; }
  const MsrList& msrs() const { return msrs_; }

 private:
  template <typename List>
  static typename List::Reading ReadingOf(const List& readings, const typename List::Key& key) {
    const auto* const found = readings.Find(key);
    return found != nullptr ? *found : tl::unexpected(AccessCode::kNotRecorded);
  }

  CpuidList cpuid_;
  MsrList msrs_;
};

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_CAPTURE_SRC_CPU_READINGS_H_
