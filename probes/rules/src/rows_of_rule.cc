#include "rows_of_rule.h"

#include "deciding_msrs.h"

namespace vtprobe::rules {

RowsOfRule::RowsOfRule(const Rule& rule, const RuleInput& input) {
  for (const MsrDef* const msr : rule.msrs) addresses_.push_back(msr->address);
  const auto add = [&](const MsrDef* msr) {
    const auto found = std::find(addresses_.begin(), addresses_.end(), msr->address);
    if (found == addresses_.end()) addresses_.push_back(msr->address);
  };
  for (const MsrDef* const msr : rule.also) add(msr);
  for (const MsrDef* const msr : DecidingMsrs(rule)) add(msr);
  Selection selection;
  for (const MsrAddress address : addresses_) selection.Add(address);
  for (const MsrAddress address : addresses_) {
    const auto found = std::lower_bound(selection.msrs.begin(), selection.msrs.end(), address);
    numbers_.push_back(static_cast<std::size_t>(found - selection.msrs.begin()));
  }
  rows_ = input.snapshot.Rows(selection);
  // All CPUs of a machine are of one kind as a rule.
  if (input.kinds().size() == 1) {
    parts_.reserve(rows_.size());
    for (const SnapshotRow& row : rows_) parts_.push_back({&row, &row.cpus()});
    ends_.push_back(parts_.size());
  } else {
    SplitByKind(input.kinds());
  }
}

void RowsOfRule::SplitByKind(const std::vector<SnapshotRow>& kinds) {
  const auto cpus_of = [](const SnapshotRow& row) -> const CpuSet& { return row.cpus(); };
  split_ = FindOverlaps({kinds, cpus_of}, {rows_, cpus_of});
  ends_.resize(kinds.size());
  for (const Overlap& overlap : split_) {
    parts_.push_back({&rows_[overlap.b], &overlap.cpus});
    ends_[overlap.a] = parts_.size();
  }
}

std::span<const RowsOfRule::Part> RowsOfRule::PartsOf(std::size_t kind) const {
  const std::size_t begin = kind == 0 ? 0 : ends_[kind - 1];
  return std::span(parts_).subspan(begin, ends_[kind] - begin);
}

}  // namespace vtprobe::rules
