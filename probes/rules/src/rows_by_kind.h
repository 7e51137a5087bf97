// A machine's CPUs as all rules see them: kind by kind, and of a kind those that
// gave the same for every MSR that some rule looks at. They are grouped once, and
// not for each rule anew: there are as many rules as MSRs.

#ifndef VTPROBE_PROBES_RULES_SRC_ROWS_BY_KIND_H_
#define VTPROBE_PROBES_RULES_SRC_ROWS_BY_KIND_H_

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "vtprobe/hal/snapshot.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/gates.h"

namespace vtprobe::rules {

// Borrows from the snapshot.
class RowsByKind {
 public:
  // `kinds` are the rows of the selection's CPUID registers.
  RowsByKind(const PlatformSnapshot& snapshot, const VirtualizationVerdict& verdict,
             const std::vector<SnapshotRow>& kinds, const Selection& selection);
  RowsByKind(const RowsByKind&) = delete;
  RowsByKind& operator=(const RowsByKind&) = delete;

  // By which rows are asked for an MSR; nothing for one outside the selection.
  std::optional<std::size_t> NumberOf(MsrAddress address) const;

  std::span<const SnapshotRow* const> OfKind(std::size_t kind) const;
  // Whether they are a guest's, where what firmware set does not show. The host's own
  // partition is asked as bare metal is.
  bool IsGuest(std::size_t kind) const { return guests_[kind]; }
  bool AnyIsGuest() const;
  // The CPUs' model, the same for all of a kind.
  const registers::CpuModel& ModelOf(std::size_t kind) const { return models_[kind]; }

 private:
  const std::vector<MsrAddress> msrs_;
  const std::vector<SnapshotRow> rows_;
  std::vector<const SnapshotRow*> by_kind_;
  std::vector<std::size_t> ends_;  // of each kind's rows
  std::vector<registers::CpuModel> models_;
  std::vector<bool> guests_;
};

}  // namespace vtprobe::rules

#endif  // VTPROBE_PROBES_RULES_SRC_ROWS_BY_KIND_H_
