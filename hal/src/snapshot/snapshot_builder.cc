#include "vtprobe/hal/snapshot_builder.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "snapshot/cpu_bitmap.h"

namespace vtprobe {
namespace {

struct KeyHash {
  std::size_t operator()(MsrAddress address) const {
    return std::hash<std::uint32_t>()(Number(address));
  }
  std::size_t operator()(const CpuidLeaf& leaf) const {
    return std::hash<std::uint64_t>()(std::uint64_t{leaf.leaf} << 32 | leaf.subleaf);
  }
};

}  // namespace

struct SnapshotBuilder::State {
  // Columns in the order in which they were first named. The registers of one
  // block mostly come in the order of the block before, so the column after
  // the last one used is tried before the index is asked.
  template <typename Column, typename Key>
  struct Table {
    struct Growing {
      Column column;
      // The lowest and highest CPU that has a reading: what lies outside
      // can't be a duplicate.
      LogicalCpu low;
      LogicalCpu high;
    };

    Growing& Find(const Key& key, const CpuSet& cpus) {
      if (hint < columns.size() && columns[hint].column.key == key) return columns[hint++];
      const auto [found, added] = index.try_emplace(key, columns.size());
      if (added) columns.push_back({{key, {}}, cpus.First(), cpus.Last()});
      hint = found->second + 1;
      return columns[found->second];
    }

    std::vector<Column> Take(const std::vector<CpuSet>& cpu_sets) {
      std::vector<Column> sorted;
      sorted.reserve(columns.size());
      for (Growing& growing : columns) {
        auto& entries = growing.column.entries;
        const auto by_first_cpu = [&](const auto& a, const auto& b) {
          return cpu_sets[a.set].First() < cpu_sets[b.set].First();
        };
        if (!std::is_sorted(entries.begin(), entries.end(), by_first_cpu)) {
          std::sort(entries.begin(), entries.end(), by_first_cpu);
        }
        sorted.push_back(std::move(growing.column));
      }
      std::sort(sorted.begin(), sorted.end(),
                [](const Column& a, const Column& b) { return a.key < b.key; });
      return sorted;
    }

    std::vector<Growing> columns;
    std::unordered_map<Key, std::size_t, KeyHash> index;
    std::size_t hint = 0;
  };

  template <typename Column, typename Key, typename Reading>
  bool Add(Table<Column, Key>* table, const Key& key, const Reading& reading) {
    auto& growing = table->Find(key, block);
    auto& entries = growing.column.entries;
    if (!entries.empty() && block_stored && entries.back().set == sets.size() - 1) return false;
    if (block_overlaps && !entries.empty() && block.First() <= growing.high &&
        growing.low <= block.Last()) {
      for (const auto& entry : entries) {
        if (sets[entry.set].Intersects(block)) return false;
      }
    }
    // A block without readings stores no set: it costs nothing but its CPUs.
    if (!block_stored) {
      sets.push_back(block);
      block_stored = true;
    }
    entries.push_back({static_cast<PlatformSnapshot::SetId>(sets.size() - 1), reading});
    growing.low = std::min(growing.low, block.First());
    growing.high = std::max(growing.high, block.Last());
    return true;
  }

  Metadata metadata;
  CpuBitmap online;
  CpuBitmap offline;
  CpuSet block;
  bool block_stored = false;
  bool block_overlaps = false;  // an earlier block named one of its CPUs
  std::vector<CpuSet> sets;
  Table<PlatformSnapshot::MsrColumn, MsrAddress> msrs;
  Table<PlatformSnapshot::CpuidColumn, CpuidLeaf> cpuid;
};

SnapshotBuilder::SnapshotBuilder() : state_(std::make_unique<State>()) {}
SnapshotBuilder::~SnapshotBuilder() = default;
SnapshotBuilder::SnapshotBuilder(SnapshotBuilder&&) noexcept = default;
SnapshotBuilder& SnapshotBuilder::operator=(SnapshotBuilder&&) noexcept = default;

Metadata& SnapshotBuilder::metadata() { return state_->metadata; }

bool SnapshotBuilder::OpenBlock(const CpuSet& cpus, Presence presence) {
  const bool is_online = presence == Presence::kOnline;
  CpuBitmap& mine = is_online ? state_->online : state_->offline;
  const CpuBitmap& other = is_online ? state_->offline : state_->online;
  if (other.Intersects(cpus)) return false;
  state_->block_overlaps = mine.Intersects(cpus);
  state_->block = cpus;
  state_->block_stored = false;
  state_->msrs.hint = 0;
  state_->cpuid.hint = 0;
  mine.Add(cpus);
  return true;
}

bool SnapshotBuilder::AddMsr(MsrAddress address, MsrReading reading) {
  return state_->Add(&state_->msrs, address, reading);
}

bool SnapshotBuilder::AddCpuid(CpuidLeaf leaf, CpuidReading reading) {
  return state_->Add(&state_->cpuid, leaf, reading);
}

PlatformSnapshot SnapshotBuilder::Build() {
  PlatformSnapshot snapshot;
  snapshot.metadata_ = std::move(state_->metadata);
  snapshot.online_ = state_->online.ToSet();
  snapshot.offline_ = state_->offline.ToSet();
  snapshot.msrs_ = state_->msrs.Take(state_->sets);
  snapshot.cpuid_ = state_->cpuid.Take(state_->sets);
  snapshot.sets_ = std::move(state_->sets);
  *state_ = State();
  return snapshot;
}

}  // namespace vtprobe
