#include "vtprobe/hal/snapshot_builder.h"

#include <utility>

#include "snapshot/block_sets.h"
#include "snapshot/cpu_bitmap.h"
#include "snapshot/growing_table.h"

namespace vtprobe {

struct SnapshotBuilder::State {
  // The set of a block of which nothing was said is not kept: it costs nothing
  // but its CPUs.
  void CloseBlock() {
    if (is_open && !is_used) sets.DropLast();
    is_open = false;
    is_used = false;
  }

  template <typename Cell>
  bool Add(GrowingTable<Cell>* table, const typename Cell::Key& key,
           const typename Cell::Reading& reading) {
    const bool added = table->Add(key, reading, &sets, overlaps);
    is_used |= added;
    return added;
  }

  Metadata metadata;
  CpuBitmap online;
  CpuBitmap offline;
  BlockSets sets;
  bool is_open = false;
  bool is_used = false;   // the open block has readings
  bool overlaps = false;  // an earlier block named one of its CPUs
  GrowingTable<MsrCell> msrs;
  GrowingTable<CpuidCell> cpuid;
};

SnapshotBuilder::SnapshotBuilder() : state_(std::make_unique<State>()) {}
SnapshotBuilder::~SnapshotBuilder() = default;
SnapshotBuilder::SnapshotBuilder(SnapshotBuilder&&) noexcept = default;
SnapshotBuilder& SnapshotBuilder::operator=(SnapshotBuilder&&) noexcept = default;

Metadata& SnapshotBuilder::metadata() { return state_->metadata; }

bool SnapshotBuilder::OpenBlock(CpuSet cpus, Presence presence) {
  State& state = *state_;
  const bool is_online = presence == Presence::kOnline;
  CpuBitmap& mine = is_online ? state.online : state.offline;
  const CpuBitmap& other = is_online ? state.offline : state.online;
  if (other.Intersects(cpus)) return false;
  state.CloseBlock();
  state.overlaps = mine.Intersects(cpus);
  mine.Add(cpus);
  state.sets.Open(std::move(cpus));
  state.is_open = true;
  state.msrs.StartBlock();
  state.cpuid.StartBlock();
  return true;
}

bool SnapshotBuilder::AddMsr(MsrAddress address, MsrReading reading) {
  return state_->Add(&state_->msrs, address, reading);
}

bool SnapshotBuilder::AddCpuid(CpuidLeaf leaf, CpuidReading reading) {
  return state_->Add(&state_->cpuid, leaf, reading);
}

PlatformSnapshot SnapshotBuilder::Build() {
  state_->CloseBlock();
  PlatformSnapshot snapshot;
  snapshot.metadata_ = std::move(state_->metadata);
  snapshot.online_ = state_->online.ToSet();
  snapshot.offline_ = state_->offline.ToSet();
  snapshot.msrs_ = state_->msrs.Take(state_->sets.all());
  snapshot.cpuid_ = state_->cpuid.Take(state_->sets.all());
  snapshot.sets_ = state_->sets.Take();
  *state_ = State();
  return snapshot;
}

}  // namespace vtprobe
