// What a machine's CPUs gave for the MSRs that one rule declares, of the rows that
// all rules share.

#ifndef VTPROBE_PROBES_RULES_SRC_ROWS_OF_RULE_H_
#define VTPROBE_PROBES_RULES_SRC_ROWS_OF_RULE_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "rows_by_kind.h"
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

  // Calls with CPUs of input.kinds()[kind], the lowest first, and with their reading
  // of each address; with all CPUs at once where those are the same on the whole
  // machine. Readings are fetched for some rows at a time, register by register, as
  // they are stored.
  template <typename Visit>
  void ForEachOfKind(std::size_t kind, const Visit& visit) const {
    constexpr std::size_t kAtATime = 64;
    const std::size_t width = numbers_.size();
    std::span<const SnapshotRow* const> rows = rows_->OfKind(kind);
    const bool is_same = IsSameOn(*rows.front());
    if (is_same) rows = rows.first(1);
    std::vector<MsrReading> readings(std::min(kAtATime, rows.size()) * width);
    for (std::size_t begin = 0; begin < rows.size(); begin += kAtATime) {
      const auto some = rows.subspan(begin, std::min(kAtATime, rows.size() - begin));
      for (std::size_t i = 0; i < width; ++i) {
        for (std::size_t row = 0; row < some.size(); ++row) {
          some[row]->ReadMsr(numbers_[i], &readings[row * width + i]);
        }
      }
      for (std::size_t row = 0; row < some.size(); ++row) {
        visit(is_same ? kinds_[kind].cpus() : some[row]->cpus(),
              std::span<const MsrReading>(readings).subspan(row * width, width));
      }
    }
  }

 private:
  // Whether all rows gave the same for these MSRs.
  bool IsSameOn(const SnapshotRow& any) const {
    return std::all_of(numbers_.begin(), numbers_.end(),
                       [&](std::size_t number) { return any.IsMsrOfAll(number); });
  }

  const std::vector<SnapshotRow>& kinds_;
  std::vector<MsrAddress> addresses_;
  std::vector<std::size_t> numbers_;  // of each address
  // Of a rule that is none of the project's, if it looks at other MSRs.
  std::optional<RowsByKind> own_rows_;
  const RowsByKind* rows_;
};

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_ROWS_OF_RULE_H_
