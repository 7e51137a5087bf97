// One CPU's readings while a capture is under way: the slot that its worker
// fills, and what a register's presence gate looks at meanwhile.

#ifndef VTPROBE_PROBES_SRC_CAPTURE_CPU_READINGS_H_
#define VTPROBE_PROBES_SRC_CAPTURE_CPU_READINGS_H_

#include <optional>
#include <utility>
#include <vector>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

class CpuReadings final : public RegisterView {
 public:
  // Each register is added once.
  void Add(CpuidLeaf leaf, CpuidReading reading) { cpuid_.emplace_back(leaf, reading); }
  void Add(MsrAddress address, MsrReading reading) { msrs_.emplace_back(address, reading); }

  // No CPUID reading is to be trusted.
  void DistrustCpuid() {
    for (auto& [leaf, reading] : cpuid_) reading = tl::unexpected(AccessCode::kNotPinned);
  }

  MsrReading Msr(MsrAddress address) const override { return Find(msrs_, address); }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return Find(cpuid_, leaf); }

  const std::vector<std::pair<CpuidLeaf, CpuidReading>>& cpuid() const { return cpuid_; }
  const std::vector<std::pair<MsrAddress, MsrReading>>& msrs() const { return msrs_; }

 private:
  template <typename Key, typename Reading>
  static Reading Find(const std::vector<std::pair<Key, Reading>>& readings, const Key& key) {
    for (const auto& [read, reading] : readings) {
      if (read == key) return reading;
    }
    return tl::unexpected(AccessCode::kNotRecorded);
  }

  std::vector<std::pair<CpuidLeaf, CpuidReading>> cpuid_;
  std::vector<std::pair<MsrAddress, MsrReading>> msrs_;
};

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SRC_CAPTURE_CPU_READINGS_H_
