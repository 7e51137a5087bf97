#include "merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "cpu_collector.h"
#include "joined.h"
#include "vtprobe/hal/cpu_set.h"
#include "vtprobe/hal/metadata.h"
#include "vtprobe/hal/snapshot_builder.h"

namespace vtprobe::import {
namespace {

std::string NameOf(MsrAddress address) { return fmt::format("MSR {:#x}", Number(address)); }
std::string NameOf(CpuidLeaf leaf) {
  return fmt::format("CPUID {:#x}.{:#x}", leaf.leaf, leaf.subleaf);
}

bool HasNumbers(const PlatformSnapshot& snapshot) {
  return snapshot.metadata().Get(meta::kCpuNumbers) != kUnknownValue;
}

CpuSet AllOf(const PlatformSnapshot& snapshot) {
  return snapshot.online().Union(snapshot.offline());
}

// Whether all CPUs gave the same: then it does not matter which is which.
bool AreAlike(const PlatformSnapshot& snapshot) {
  return snapshot.Rows(snapshot.Everything()).size() <= 1;
}

// "kernel_log" of "kernel_log.2"; empty of a key that is none of a log.
std::string_view LogOf(std::string_view key) {
  for (const std::string_view log : {meta::kKernelLog, meta::kFirmwareLog, meta::kToolLog}) {
    if (key.size() > log.size() + 1 && key.starts_with(log) && key[log.size()] == '.') return log;
  }
  return {};
}

// The sentences of a log stand one behind the other, each once.
void AddSentence(std::string_view log, std::string_view words, Metadata* metadata) {
  for (std::size_t number = 1;; ++number) {
    const std::string key = fmt::format("{}.{}", log, number);
    const auto there = metadata->Get(key);
    if (there == words) return;
    if (there) continue;
    metadata->Set(key, words);
    return;
  }
}

class Merger {
 public:
  explicit Merger(std::vector<Part> parts) : parts_(std::move(parts)) {}

  tl::expected<Imported, Error> Merge() {
    ChooseCpus();
    for (std::size_t part = 0; part < parts_.size(); ++part) {
      AddMetadata(part);
      Place(part);
      if (!Add(part)) return tl::unexpected(std::move(error_));
    }
    if (numbers_unknown_) {
      metadata_.Set(meta::kCpuNumbers, kUnknownValue);
    } else {
      metadata_.Erase(meta::kCpuNumbers);
    }
    return Imported{Build(), std::move(notes_)};
  }

 private:
  template <typename Reading>
  struct Known {
    Reading reading;
    std::size_t part;
  };
  template <typename Key, typename Reading>
  using ByRegister = std::map<Key, std::map<std::uint32_t, Known<Reading>>>;

  // The numbered CPUs and, where a part without numbers has more, the lowest
  // numbers that are free.
  void ChooseCpus() {
    std::set<std::uint32_t> all;
    std::size_t most = 0;
    for (const Part& part : parts_) {
      const CpuSet cpus = AllOf(part.imported.snapshot);
      most = std::max(most, cpus.Count());
      if (!HasNumbers(part.imported.snapshot)) continue;
      for (const LogicalCpu cpu : cpus.ToVector()) all.insert(Number(cpu));
    }
    const bool has_numbers = !all.empty();
    for (std::uint32_t cpu = 0; all.size() < most && cpu <= kMaxCpuNumber; ++cpu) all.insert(cpu);
    cpus_.assign(all.begin(), all.end());
    for (const Part& part : parts_) {
      const PlatformSnapshot& snapshot = part.imported.snapshot;
      if (HasNumbers(snapshot) || AllOf(snapshot).empty()) continue;
      const std::size_t count = AllOf(snapshot).Count();
      numbers_unknown_ |= !has_numbers || count < cpus_.size() || !AreAlike(snapshot);
      if (count > 1 && count != cpus_.size()) {
        notes_.push_back(fmt::format(
            "{} is of {} CPUs without numbers and the machine has {}: which it leaves out is not "
            "known",
            part.name, count, cpus_.size()));
      }
    }
  }

  // Which CPU each of the part's is.
  void Place(std::size_t part) {
    const PlatformSnapshot& snapshot = parts_[part].imported.snapshot;
    const bool has_numbers = HasNumbers(snapshot);
    place_.clear();
    for (const LogicalCpu cpu : AllOf(snapshot).ToVector()) {
      const std::uint32_t place = has_numbers ? Number(cpu) : cpus_[place_.size()];
      place_.emplace(Number(cpu), place);
      (snapshot.online().Contains(cpu) ? online_ : offline_).insert(place);
    }
  }

  bool Add(std::size_t part) {
    const Selection all = parts_[part].imported.snapshot.Everything();
    for (const auto& [leaf, mask] : all.cpuid) {
      if (!AddRegister(leaf, part, &cpuid_)) return false;
    }
    return std::all_of(all.msrs.begin(), all.msrs.end(),
                       [&](MsrAddress address) { return AddRegister(address, part, &msrs_); });
  }

  template <typename Key, typename Reading>
  bool AddRegister(Key key, std::size_t part, ByRegister<Key, Reading>* registers) {
    const PlatformSnapshot& snapshot = parts_[part].imported.snapshot;
    auto& known = (*registers)[key];
    const auto values = snapshot.Values(key);
    if (SaysTheSame(values, known, part)) return true;
    for (const auto& [cpus, reading] : values) {
      for (const LogicalCpu cpu : cpus.ToVector()) {
        const std::uint32_t place = place_.at(Number(cpu));
        const auto [found, added] = known.try_emplace(place, Known<Reading>{reading, part});
        if (added) continue;
        const auto joined = Joined(key, found->second.reading, reading);
        if (!joined) return Contradicts(NameOf(key), place, found->second.part, part);
        found->second.reading = *joined;
      }
    }
    return true;
  }

  // Whether the part has no numbers for its CPUs, or those that are known have none,
  // and both are the same readings: whose they are is not known from the order.
  template <typename Reading>
  bool SaysTheSame(const PlatformSnapshot::ByValue<Reading>& values,
                   const std::map<std::uint32_t, Known<Reading>>& known, std::size_t part) const {
    if (known.empty()) return false;
    const std::size_t before = known.begin()->second.part;
    if (HasNumbers(parts_[before].imported.snapshot) &&
        HasNumbers(parts_[part].imported.snapshot)) {
      return false;
    }
    std::vector<Reading> mine;
    for (const auto& [cpus, reading] : values) mine.insert(mine.end(), cpus.Count(), reading);
    std::vector<Reading> theirs;
    theirs.reserve(known.size());
    for (const auto& [cpu, one] : known) theirs.push_back(one.reading);
    return std::is_permutation(mine.begin(), mine.end(), theirs.begin(), theirs.end());
  }

  bool Contradicts(const std::string& name, std::uint32_t cpu, std::size_t before,
                   std::size_t part) {
    const bool is_numbered =
        HasNumbers(parts_[before].imported.snapshot) && HasNumbers(parts_[part].imported.snapshot);
    const std::string whose =
        is_numbered ? fmt::format("of CPU {}", cpu) : "of CPUs whose numbers are not known";
    error_ = {parts_[part].name, 0, 0,
              fmt::format("{} {} is another here than in {}: what was read at two moments is two "
                          "recordings, and not to be merged",
                          name, whose, parts_[before].name)};
    return false;
  }

  void AddMetadata(std::size_t part) {
    for (const auto& [key, value] : parts_[part].imported.snapshot.metadata().entries()) {
      if (const std::string_view log = LogOf(key); !log.empty()) {
        AddSentence(log, value, &metadata_);
        continue;
      }
      const auto there = metadata_.Get(key);
      if (!there) metadata_.Set(key, value);
      if (!there || there == value || key == meta::kCpuNumbers || key == meta::kSource) continue;
      notes_.push_back(fmt::format("{} says {} = {}, and {} {}: the latter is left out",
                                   parts_.front().name, key, *there, parts_[part].name, value));
    }
    for (const std::string& note : parts_[part].imported.notes) {
      notes_.push_back(fmt::format("{}: {}", parts_[part].name, note));
    }
  }

  PlatformSnapshot Build() {
    SnapshotBuilder builder;
    builder.metadata() = std::move(metadata_);
    for (const std::uint32_t cpu : online_) offline_.erase(cpu);
    const auto open = [&](std::uint32_t cpu) {
      static_cast<void>(builder.OpenBlock(
          CpuSet(LogicalCpu{cpu}), offline_.contains(cpu) ? SnapshotBuilder::Presence::kOffline
                                                          : SnapshotBuilder::Presence::kOnline));
    };
    for (const std::uint32_t cpu : online_) open(cpu);
    for (const std::uint32_t cpu : offline_) open(cpu);
    for (const auto& [leaf, known] : cpuid_) {
      for (const auto& [cpu, one] : known) {
        open(cpu);
        static_cast<void>(builder.AddCpuid(leaf, one.reading));
      }
    }
    for (const auto& [address, known] : msrs_) {
      for (const auto& [cpu, one] : known) {
        open(cpu);
        static_cast<void>(builder.AddMsr(address, one.reading));
      }
    }
    return builder.Build();
  }

  std::vector<Part> parts_;
  std::vector<std::uint32_t> cpus_;  // those that there are, ascending
  bool numbers_unknown_ = false;
  std::map<std::uint32_t, std::uint32_t> place_;  // of the CPUs of the part at hand
  std::set<std::uint32_t> online_;
  std::set<std::uint32_t> offline_;
  ByRegister<MsrAddress, MsrReading> msrs_;
  ByRegister<CpuidLeaf, CpuidReading> cpuid_;
  Metadata metadata_;
  std::vector<std::string> notes_;
  Error error_;
};

}  // namespace

tl::expected<Imported, Error> Merged(std::vector<Part> parts) {
  return Merger(std::move(parts)).Merge();
}

}  // namespace vtprobe::import
