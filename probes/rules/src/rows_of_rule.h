// What a machine's CPUs gave for the MSRs that a rule declares: CPUs of one kind
// that gave the same are looked at once.

#ifndef VTPROBE_PROBES_RULES_SRC_ROWS_OF_RULE_H_
#define VTPROBE_PROBES_RULES_SRC_ROWS_OF_RULE_H_

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "vtprobe/hal/overlaps.h"
#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/rule.h"

namespace vtprobe::rules {

// Borrows from `input`.
class RowsOfRule {
 public:
  RowsOfRule(const Rule& rule, const RuleInput& input);
  RowsOfRule(const RowsOfRule&) = delete;
  RowsOfRule& operator=(const RowsOfRule&) = delete;

  // Of rule.msrs, then of rule.also and of the MSRs that decide whether it applies.
  std::span<const MsrAddress> addresses() const { return addresses_; }

  // Calls with the CPUs of input.kinds()[kind] that are alike, and with their
  // reading of each address. Those are fetched for some rows at a time, register
  // by register, as they are stored.
  template <typename Visit>
  void ForEachOfKind(std::size_t kind, const Visit& visit) const {
    constexpr std::size_t kAtATime = 64;
    const std::size_t width = numbers_.size();
    const std::span<const Part> all = PartsOf(kind);
    std::vector<MsrReading> readings(std::min(kAtATime, all.size()) * width);
    for (std::size_t begin = 0; begin < all.size(); begin += kAtATime) {
      const auto parts = all.subspan(begin, std::min(kAtATime, all.size() - begin));
      for (std::size_t i = 0; i < width; ++i) {
        for (std::size_t part = 0; part < parts.size(); ++part) {
          parts[part].row->ReadMsr(numbers_[i], &readings[part * width + i]);
        }
      }
      for (std::size_t part = 0; part < parts.size(); ++part) {
        visit(*parts[part].cpus,
              std::span<const MsrReading>(readings).subspan(part * width, width));
      }
    }
  }

 private:
  // The CPUs of a row that are of one kind.
  struct Part {
    const SnapshotRow* row;
    const CpuSet* cpus;
  };

  void SplitByKind(const std::vector<SnapshotRow>& kinds);
  std::span<const Part> PartsOf(std::size_t kind) const;

  std::vector<MsrAddress> addresses_;
  std::vector<std::size_t> numbers_;  // of each address in the rows' selection
  std::vector<SnapshotRow> rows_;
  std::vector<Overlap> split_;     // of kinds and rows, if there are several kinds
  std::vector<Part> parts_;        // kind by kind, and of a kind in the order of the rows
  std::vector<std::size_t> ends_;  // of each kind's parts
};

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_ROWS_OF_RULE_H_
