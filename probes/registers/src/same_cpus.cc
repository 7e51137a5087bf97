#include "vtprobe/registers/same_cpus.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "vtprobe/hal/proof_record.h"
#include "vtprobe/hal/snapshot_builder.h"
#include "vtprobe/registers/apic_id.h"

namespace vtprobe::registers {
namespace {

using Number = std::uint32_t;

// The CPUs of which it was read, by their APIC ids; nothing if two have the same.
std::optional<std::map<std::uint32_t, Number>> ByApicId(const PlatformSnapshot& snapshot) {
  std::map<std::uint32_t, Number> cpus;
  for (const SnapshotRow& row : snapshot.Rows(ApicIdRegisters())) {
    const auto id = ApicId(row);
    if (!id) continue;
    if (row.cpus().Count() != 1) return std::nullopt;
    if (!cpus.emplace(*id, vtprobe::Number(row.cpus().First())).second) return std::nullopt;
  }
  return cpus;
}

template <typename Map>
bool Includes(const Map& all, const Map& some) {
  return std::all_of(some.begin(), some.end(),
                     [&](const auto& entry) { return all.contains(entry.first); });
}

// Old numbers to new ones.
using Renumbering = std::map<Number, Number>;

Renumbering MakeRenumbering(const PlatformSnapshot& recording, const PlatformSnapshot& like,
                            const std::map<std::uint32_t, Number>& ids,
                            const std::map<std::uint32_t, Number>& likes_ids) {
  Renumbering numbers;
  std::set<Number> taken;
  for (const auto& [id, number] : ids) {
    const auto same = likes_ids.find(id);
    if (same == likes_ids.end()) continue;
    numbers[number] = same->second;
    taken.insert(same->second);
  }
  const CpuSet all = recording.online().Union(recording.offline());
  const CpuSet both = all.Union(like.online()).Union(like.offline());
  Number next = vtprobe::Number(both.Last()) + 1;
  for (const LogicalCpu cpu : all.ToVector()) {
    const Number number = vtprobe::Number(cpu);
    if (numbers.contains(number)) continue;
    numbers[number] = taken.insert(number).second ? number : next++;
  }
  return numbers;
}

class Renumbered {
 public:
  Renumbered(const PlatformSnapshot& recording, const Renumbering& numbers)
      : recording_(recording), numbers_(numbers) {}

  PlatformSnapshot Build() {
    builder_.metadata() = recording_.metadata();
    RenumberProof();
    Add(recording_.online(), SnapshotBuilder::Presence::kOnline);
    Add(recording_.offline(), SnapshotBuilder::Presence::kOffline);
    return builder_.Build();
  }

 private:
  // What comes from a snapshot contradicts itself nowhere, and neither do other numbers.
  void Add(const CpuSet& of, SnapshotBuilder::Presence presence) {
    if (of.empty()) return;
    Open(of, presence);
    const Selection all = recording_.Everything();
    for (const auto& [leaf, mask] : all.cpuid) {
      for (const auto& [cpus, reading] : recording_.Values(leaf)) {
        if (Open(cpus.Intersection(of), presence)) {
          static_cast<void>(builder_.AddCpuid(leaf, reading));
        }
      }
    }
    for (const MsrAddress address : all.msrs) {
      for (const auto& [cpus, reading] : recording_.Values(address)) {
        if (Open(cpus.Intersection(of), presence)) {
          static_cast<void>(builder_.AddMsr(address, reading));
        }
      }
    }
  }

  bool Open(const CpuSet& cpus, SnapshotBuilder::Presence presence) {
    return !cpus.empty() && builder_.OpenBlock(WithNewNumbers(cpus), presence);
  }

  // Without those that the recording does not have.
  CpuSet WithNewNumbers(const CpuSet& cpus) const {
    std::vector<CpuSet::Range> ranges;
    for (const LogicalCpu cpu : cpus.ToVector()) {
      const auto number = numbers_.find(vtprobe::Number(cpu));
      if (number != numbers_.end()) ranges.push_back({number->second, number->second});
    }
    return CpuSet(std::move(ranges));
  }

  // The one thing of the metadata that names CPUs and is judged.
  void RenumberProof() {
    const auto text = recording_.metadata().Get(meta::kProof);
    auto proof = text ? ParseProof(*text) : tl::unexpected(InvalidValue{});
    if (!proof) return;
    for (ProofGroup& group : proof->groups) group.cpus = WithNewNumbers(group.cpus);
    std::erase_if(proof->groups, [](const ProofGroup& group) { return group.cpus.empty(); });
    builder_.metadata().Erase(meta::kProof);
    if (proof->slowest) {
      const CpuSet slowest = WithNewNumbers(CpuSet(proof->slowest->cpu));
      if (slowest.empty()) {
        proof->slowest.reset();
      } else {
        proof->slowest->cpu = slowest.First();
      }
    }
    if (!proof->groups.empty()) builder_.metadata().Set(meta::kProof, ProofText(*proof));
  }

  const PlatformSnapshot& recording_;
  const Renumbering& numbers_;
  SnapshotBuilder builder_;
};

}  // namespace

std::optional<PlatformSnapshot> NumberedLike(const PlatformSnapshot& recording,
                                             const PlatformSnapshot& like) {
  const auto ids = ByApicId(recording);
  const auto likes_ids = ByApicId(like);
  if (!ids || !likes_ids || ids->empty() || likes_ids->empty()) return std::nullopt;
  if (!Includes(*ids, *likes_ids) && !Includes(*likes_ids, *ids)) return std::nullopt;
  const Renumbering numbers = MakeRenumbering(recording, like, *ids, *likes_ids);
  const bool as_they_are = std::all_of(numbers.begin(), numbers.end(), [](const auto& entry) {
    return entry.first == entry.second;
  });
  // A recording may number CPUs up to the last number there is.
  const bool too_many = std::any_of(numbers.begin(), numbers.end(),
                                    [](const auto& entry) { return entry.second > kMaxCpuNumber; });
  if (as_they_are || too_many) return std::nullopt;
  return Renumbered(recording, numbers).Build();
}

}  // namespace vtprobe::registers
