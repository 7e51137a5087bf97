#include "vtprobe/hal/column_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace vtprobe {
namespace {

constexpr CpuSetId kUnused = std::numeric_limits<CpuSetId>::max();

}  // namespace

ColumnBuilder::ColumnBuilder(const CpuSet& online)
    : cpus_(online.ToVector()), ids_(cpus_.size() + 1, kUnused) {
  snapshot_.online_ = online;
}

bool ColumnBuilder::AddMsr(MsrAddress address, std::span<const MsrReading* const> given) {
  return Add(address, given, &snapshot_.msrs_);
}

bool ColumnBuilder::AddCpuid(CpuidLeaf leaf, std::span<const CpuidReading* const> given) {
  return Add(leaf, given, &snapshot_.cpuid_);
}

PlatformSnapshot ColumnBuilder::Build(const CpuSet& offline, Metadata metadata) {
  snapshot_.offline_ = offline.Difference(snapshot_.online_);
  snapshot_.metadata_ = std::move(metadata);
  return std::move(snapshot_);
}

template <typename Cell>
bool ColumnBuilder::Add(const typename Cell::Key& key,
                        std::span<const typename Cell::Reading* const> given,
                        ReadingTable<Cell>* table) {
  using Reading = typename Cell::Reading;
  if (given.size() != cpus_.size() || (!table->keys.empty() && !(table->keys.back() < key))) {
    return false;
  }
  const Reading* const first = given.empty() ? nullptr : given.front();
  const bool is_uniform =
      first != nullptr && std::all_of(given.begin() + 1, given.end(), [&](const Reading* other) {
        return other != nullptr && *other == *first;
      });
  const std::size_t before = table->cells.size();
  if (is_uniform) {
    table->cells.emplace_back(SetOfAll(), *first);
  } else {
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (given[i] != nullptr) table->cells.emplace_back(SetOf(i), *given[i]);
    }
  }
  if (table->cells.size() == before) return false;
  table->keys.push_back(key);
  table->ends.push_back(static_cast<std::uint32_t>(table->cells.size()));
  return true;
}

CpuSetId ColumnBuilder::SetOfAll() {
  if (ids_.back() == kUnused) {
    ids_.back() = static_cast<CpuSetId>(snapshot_.sets_.size());
    snapshot_.sets_.push_back(snapshot_.online_);
  }
  return ids_.back();
}

CpuSetId ColumnBuilder::SetOf(std::size_t place) {
  if (ids_[place] == kUnused) {
    ids_[place] = static_cast<CpuSetId>(snapshot_.sets_.size());
    snapshot_.sets_.emplace_back(cpus_[place]);
  }
  return ids_[place];
}

}  // namespace vtprobe
