#include "dump/against_base.h"

#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe {
namespace {

bool AddReading(MsrAddress address, const MsrReading& reading, SnapshotBuilder* builder) {
  return builder->AddMsr(address, reading);
}

bool AddReading(CpuidLeaf leaf, const CpuidReading& reading, SnapshotBuilder* builder) {
  return builder->AddCpuid(leaf, reading);
}

// Of those of the CPUs that are there, which may be none.
template <typename Key, typename Reading>
void AddOf(const CpuSet& present, SnapshotBuilder::Presence presence, const CpuSet& cpus, Key key,
           const Reading& reading, SnapshotBuilder* builder) {
  CpuSet mine = cpus.Intersection(present);
  if (mine.empty()) return;
  static_cast<void>(builder->OpenBlock(std::move(mine), presence));
  static_cast<void>(AddReading(key, reading, builder));
}

}  // namespace

AgainstBase::AgainstBase(const PlatformSnapshot& base)
    : base_(&base), metadata_(base.metadata()), online_(base.online()), offline_(base.offline()) {}

AgainstBase::Problem AgainstBase::Set(std::string_view key, std::string_view value) {
  if (!keys_.emplace(key).second) return "the key stands here a second time";
  if (base_->metadata().Get(key) == value) return "the base says the same: leave it out";
  metadata_.Set(key, value);
  return std::nullopt;
}

AgainstBase::Problem AgainstBase::Remove(std::string_view key) {
  if (!keys_.emplace(key).second) return "the key stands here a second time";
  if (!base_->metadata().Get(key)) return "the base does not have this key";
  metadata_.Erase(key);
  return std::nullopt;
}

AgainstBase::Problem AgainstBase::OpenBlock(CpuSet cpus, Change change) {
  block_ = std::move(cpus);
  is_removed_ = change == Change::kRemoved;
  return ChangeCpus(change);
}

AgainstBase::Problem AgainstBase::ChangeCpus(Change change) {
  const CpuSet there = online_.Union(offline_);
  if (change != Change::kNone) {
    const CpuSet twice = block_.Intersection(changed_);
    if (!twice.empty()) return "CPU " + twice.ToString() + " was changed before";
    changed_ = changed_.Union(block_);
  }
  if (change == Change::kAdded || change == Change::kAddedOffline) {
    const CpuSet known = block_.Intersection(base_->online().Union(base_->offline()));
    if (!known.empty()) return "the base has CPU " + known.ToString() + " already";
    CpuSet& mine = change == Change::kAdded ? online_ : offline_;
    mine = mine.Union(block_);
    return std::nullopt;
  }
  const CpuSet unknown = block_.Difference(there);
  if (!unknown.empty()) {
    return "the base has no CPU " + unknown.ToString() + ": say \"added\", or name others";
  }
  const auto move = [&](CpuSet* from, CpuSet* to, const char* already) -> Problem {
    const CpuSet same = block_.Intersection(*to);
    if (!same.empty()) return "CPU " + same.ToString() + already;
    *from = from->Difference(block_);
    *to = to->Union(block_);
    return std::nullopt;
  };
  if (change == Change::kOnline) return move(&offline_, &online_, " is online already");
  if (change == Change::kOffline) return move(&online_, &offline_, " is offline already");
  if (change == Change::kRemoved) {
    online_ = online_.Difference(block_);
    offline_ = offline_.Difference(block_);
  }
  return std::nullopt;
}

// The block's CPUs are said something of, for the first time.
template <typename Reading>
AgainstBase::Problem AgainstBase::TakeCpus(Said<Reading>* said) const {
  if (is_removed_) return "a CPU that is removed has no readings";
  const CpuSet twice = block_.Intersection(said->cpus);
  if (!twice.empty()) return "this register of CPU " + twice.ToString() + " stands here already";
  said->cpus = said->cpus.Union(block_);
  return std::nullopt;
}

template <typename Key, typename Reading>
AgainstBase::Said<Reading>& AgainstBase::Of(ByRegister<Key, Reading>* said, Key key) const {
  const auto [place, is_new] = said->try_emplace(key);
  if (is_new) place->second.in_base = base_->Values(key);
  return place->second;
}

template <typename Key, typename Reading>
AgainstBase::Problem AgainstBase::SetIn(ByRegister<Key, Reading>* said, Key key,
                                        const Reading& reading) {
  Said<Reading>& mine = Of(said, key);
  if (Problem problem = TakeCpus(&mine)) return problem;
  for (const auto& [cpus, there] : mine.in_base) {
    const CpuSet same = there == reading ? cpus.Intersection(block_) : CpuSet();
    if (!same.empty()) {
      return "the base says the same of CPU " + same.ToString() + ": leave it out";
    }
  }
  mine.readings.emplace_back(block_, reading);
  return std::nullopt;
}

template <typename Key, typename Reading>
AgainstBase::Problem AgainstBase::RemoveIn(ByRegister<Key, Reading>* said, Key key) {
  Said<Reading>& mine = Of(said, key);
  if (Problem problem = TakeCpus(&mine)) return problem;
  CpuSet without = block_;
  for (const auto& [cpus, reading] : mine.in_base) without = without.Difference(cpus);
  if (without.empty()) return std::nullopt;
  return "the base has nothing there of CPU " + without.ToString();
}

AgainstBase::Problem AgainstBase::Set(MsrAddress address, const MsrReading& reading) {
  return SetIn(&msrs_, address, reading);
}

AgainstBase::Problem AgainstBase::Set(CpuidLeaf leaf, const CpuidReading& reading) {
  return SetIn(&cpuid_, leaf, reading);
}

AgainstBase::Problem AgainstBase::Remove(MsrAddress address) { return RemoveIn(&msrs_, address); }

AgainstBase::Problem AgainstBase::Remove(CpuidLeaf leaf) { return RemoveIn(&cpuid_, leaf); }

PlatformSnapshot AgainstBase::Build() const {
  using Presence = SnapshotBuilder::Presence;
  SnapshotBuilder builder;
  builder.metadata() = metadata_;
  if (!online_.empty()) static_cast<void>(builder.OpenBlock(online_, Presence::kOnline));
  if (!offline_.empty()) static_cast<void>(builder.OpenBlock(offline_, Presence::kOffline));
  const auto add = [&](auto key, const CpuSet& cpus, const auto& reading) {
    AddOf(online_, Presence::kOnline, cpus, key, reading, &builder);
    AddOf(offline_, Presence::kOffline, cpus, key, reading, &builder);
  };
  const auto add_all = [&](const auto& said) {
    for (const auto& [key, mine] : said) {
      for (const auto& [cpus, reading] : mine.readings) add(key, cpus, reading);
    }
  };
  const auto add_rest = [&](auto key, const auto& said) {
    const auto mine = said.find(key);
    for (const auto& [cpus, reading] : base_->Values(key)) {
      add(key, mine == said.end() ? cpus : cpus.Difference(mine->second.cpus), reading);
    }
  };
  const Selection of_base = base_->Everything();
  for (const auto& [leaf, mask] : of_base.cpuid) add_rest(leaf, cpuid_);
  for (const MsrAddress address : of_base.msrs) add_rest(address, msrs_);
  add_all(cpuid_);
  add_all(msrs_);
  return builder.Build();
}

}  // namespace vtprobe
