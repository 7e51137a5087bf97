#include "rules/rows_of_rule.h"

#include <cstdint>
#include <tuple>
#include <utility>

#include "rules/findings.h"

namespace vtprobe::rules {
namespace {

// A range of CPUs and the place of the row that has them.
struct OfRow {
  CpuSet::Range range;
  std::size_t row;
};

// Ascending.
std::vector<OfRow> RangesOf(const std::vector<SnapshotRow>& rows) {
  std::vector<OfRow> ranges;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const CpuSet::Range& range : rows[i].cpus().ranges()) ranges.push_back({range, i});
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const OfRow& a, const OfRow& b) { return a.range.first < b.range.first; });
  return ranges;
}

// A range of CPUs, of one kind and of one row.
struct Shared {
  std::size_t kind;
  std::size_t row;
  CpuSet::Range range;
};

// Of the online CPUs, which both have. Each range is looked at once, since there
// may be as many kinds, and as many rows, as there are CPUs. Ordered by kind,
// those of a kind by row, and then ascending.
std::vector<Shared> SharedRanges(const std::vector<SnapshotRow>& kinds,
                                 const std::vector<SnapshotRow>& rows) {
  const std::vector<OfRow> of_kinds = RangesOf(kinds);
  auto of_kind = of_kinds.begin();
  std::vector<Shared> shared;
  for (const OfRow& of_row : RangesOf(rows)) {
    for (std::uint32_t first = of_row.range.first; first <= of_row.range.last;) {
      while (of_kind->range.last < first) ++of_kind;
      const std::uint32_t last = std::min(of_kind->range.last, of_row.range.last);
      shared.push_back({of_kind->row, of_row.row, {first, last}});
      first = last + 1;
    }
  }
  std::stable_sort(shared.begin(), shared.end(), [](const Shared& a, const Shared& b) {
    return std::tie(a.kind, a.row) < std::tie(b.kind, b.row);
  });
  return shared;
}

}  // namespace

RowsOfRule::RowsOfRule(const Rule& rule, const RuleInput& input) {
  for (const MsrDef* const msr : rule.msrs) addresses_.push_back(msr->address);
  for (const MsrDef* const msr : rule.gates) addresses_.push_back(msr->address);
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
  const std::vector<Shared> shared = SharedRanges(kinds, rows_);
  ends_.resize(kinds.size());
  split_.reserve(shared.size());  // parts_ points into it
  for (auto at = shared.begin(); at != shared.end();) {
    const auto& [kind, row, range] = *at;
    CpuGathering cpus;
    for (; at != shared.end() && at->kind == kind && at->row == row; ++at) {
      cpus.Add(CpuSet({at->range}));
    }
    parts_.push_back({&rows_[row], &split_.emplace_back(cpus.Together())});
    ends_[kind] = parts_.size();
  }
}

std::span<const RowsOfRule::Part> RowsOfRule::PartsOf(std::size_t kind) const {
  const std::size_t begin = kind == 0 ? 0 : ends_[kind - 1];
  return std::span(parts_).subspan(begin, ends_[kind] - begin);
}

}  // namespace vtprobe::rules
