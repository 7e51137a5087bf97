#include "rows_by_kind.h"

#include <algorithm>

#include "vtprobe/probes/system.h"

namespace vtprobe::rules {

namespace {

// Told by SEV_STATUS, among others, which a kind of CPU does not hold.
bool IsOfGuest(const PlatformSnapshot& snapshot, const VirtualizationVerdict& verdict,
               const RegisterView& kind) {
  if (verdict.machine.guest_protection) return true;
  return SystemOf(kind, StageOf(snapshot.metadata()),
                  verdict.partition ? &*verdict.partition : nullptr) == System::kGuest;
}

}  // namespace

RowsByKind::RowsByKind(const PlatformSnapshot& snapshot, const VirtualizationVerdict& verdict,
                       const std::vector<SnapshotRow>& kinds, const Selection& selection)
    : msrs_(selection.msrs), rows_(snapshot.Rows(selection)), ends_(kinds.size()) {
  models_.reserve(kinds.size());
  for (const SnapshotRow& kind : kinds) {
    models_.push_back(registers::ReadModel(kind));
    guests_.push_back(IsOfGuest(snapshot, verdict, kind));
  }
  // Both number the CPUs that agree in CPUID by their lowest one.
  for (const SnapshotRow& row : rows_) ++ends_[row.cpuid_class()];
  std::vector<std::size_t> next(kinds.size());
  for (std::size_t kind = 1; kind < kinds.size(); ++kind) {
    next[kind] = ends_[kind - 1];
    ends_[kind] += ends_[kind - 1];
  }
  by_kind_.resize(rows_.size());
  for (const SnapshotRow& row : rows_) by_kind_[next[row.cpuid_class()]++] = &row;
}

bool RowsByKind::AnyIsGuest() const {
  return std::find(guests_.begin(), guests_.end(), true) != guests_.end();
}

std::optional<std::size_t> RowsByKind::NumberOf(MsrAddress address) const {
  const auto found = std::lower_bound(msrs_.begin(), msrs_.end(), address);
  if (found == msrs_.end() || *found != address) return std::nullopt;
  return static_cast<std::size_t>(found - msrs_.begin());
}

std::span<const SnapshotRow* const> RowsByKind::OfKind(std::size_t kind) const {
  const std::size_t begin = kind == 0 ? 0 : ends_[kind - 1];
  return std::span(by_kind_).subspan(begin, ends_[kind] - begin);
}

}  // namespace vtprobe::rules
