// One CPU's readings while a capture is under way: what its worker fills, and
// what a register's presence gate looks at meanwhile.

#ifndef VTPROBE_PROBES_SRC_CAPTURE_CPU_READINGS_H_
#define VTPROBE_PROBES_SRC_CAPTURE_CPU_READINGS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "vtprobe/hal/register_view.h"
#include "vtprobe/hal/types.h"

namespace vtprobe {

class CpuReadings final : public RegisterView {
 public:
  template <typename Key, typename Reading>
  using Ascending = std::vector<std::pair<Key, Reading>>;

  // Makes room for so many, so that adding them allocates nothing.
  void Reserve(std::size_t leaves, std::size_t msrs) {
    cpuid_.reserve(leaves);
    msrs_.reserve(msrs);
  }

  // Each register is added once. Quick for one behind all others.
  void Add(CpuidLeaf leaf, const CpuidReading& reading) { Insert(&cpuid_, leaf, reading); }
  void Add(MsrAddress address, const MsrReading& reading) { Insert(&msrs_, address, reading); }

  // No CPUID reading is to be trusted.
  void DistrustCpuid() {
    for (auto& [leaf, reading] : cpuid_) reading = tl::unexpected(AccessCode::kNotPinned);
  }

  bool Has(CpuidLeaf leaf) const { return Find(cpuid_, leaf) != nullptr; }
  MsrReading Msr(MsrAddress address) const override { return ReadingOf(msrs_, address); }
  CpuidReading Cpuid(CpuidLeaf leaf) const override { return ReadingOf(cpuid_, leaf); }

  const Ascending<CpuidLeaf, CpuidReading>& cpuid() const { return cpuid_; }
  const Ascending<MsrAddress, MsrReading>& msrs() const { return msrs_; }

 private:
  // A register's place in the order, as one number: a gate looks up dozens.
  static std::uint64_t Rank(MsrAddress address) { return Number(address); }
  static std::uint64_t Rank(CpuidLeaf leaf) {
    return std::uint64_t{leaf.leaf} << 32 | leaf.subleaf;
  }

  template <typename Readings, typename Key>
  static auto LowerBound(Readings& readings, const Key& key) {
    return std::lower_bound(
        readings.begin(), readings.end(), Rank(key),
        [](const auto& entry, std::uint64_t rank) { return Rank(entry.first) < rank; });
  }

  template <typename Key, typename Reading>
  static void Insert(Ascending<Key, Reading>* readings, const Key& key, const Reading& reading) {
    const bool is_last = readings->empty() || Rank(readings->back().first) < Rank(key);
    readings->emplace(is_last ? readings->end() : LowerBound(*readings, key), key, reading);
  }

  template <typename Key, typename Reading>
  static const Reading* Find(const Ascending<Key, Reading>& readings, const Key& key) {
    // Leaf 0, the vendor, is what most gates ask for first.
    const bool is_first = !readings.empty() && Rank(readings.front().first) == Rank(key);
    const auto found = is_first ? readings.begin() : LowerBound(readings, key);
    return found != readings.end() && Rank(found->first) == Rank(key) ? &found->second : nullptr;
  }

  template <typename Key, typename Reading>
  static Reading ReadingOf(const Ascending<Key, Reading>& readings, const Key& key) {
    const Reading* const found = Find(readings, key);
    return found != nullptr ? *found : tl::unexpected(AccessCode::kNotRecorded);
  }

  Ascending<CpuidLeaf, CpuidReading> cpuid_;
  Ascending<MsrAddress, MsrReading> msrs_;
};

}  // namespace vtprobe

#endif  // VTPROBE_PROBES_SRC_CAPTURE_CPU_READINGS_H_
