#include "vtprobe/proof/recorded_proof.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "vtprobe/hal/overlaps.h"
#include "vtprobe/hal/proof_record.h"

namespace vtprobe {

void RecordProof(const Proof& proof, Metadata* metadata) {
  if (proof.groups.empty()) return;
  metadata->Set(meta::kProof, ProofText({proof.provider.name, proof.groups, proof.slowest}));
}

std::optional<Proof> RecordedProof(const PlatformSnapshot& snapshot) {
  const auto text = snapshot.metadata().Get(meta::kProof);
  if (!text) return std::nullopt;
  // What no parser of recordings lets through is no proof.
  auto record = ParseProof(*text);
  if (!record) return std::nullopt;
  Proof proof{ProviderNamed(std::move(record->provider)), {}, std::nullopt};
  const std::vector<CpuSet> online = {snapshot.online()};
  const auto those_of = [](const auto& one) -> const CpuSet& { return one.cpus; };
  std::vector<CpuSet::Range> ranges;
  for (auto& overlap :
       FindOverlaps(CpuGroups(record->groups, those_of),
                    CpuGroups(online, [](const CpuSet& cpus) -> const CpuSet& { return cpus; }))) {
    ProofGroup& group = record->groups[overlap.a];
    group.cpus = std::move(overlap.cpus);
    ranges.insert(ranges.end(), group.cpus.ranges().begin(), group.cpus.ranges().end());
    proof.groups.push_back(std::move(group));
  }
  if (proof.groups.empty()) return std::nullopt;
  const CpuSet rest = snapshot.online().Difference(CpuSet(std::move(ranges)));
  if (!rest.empty()) {
    proof.groups.push_back(
        {rest, {GuestOutcome::kNotAsked, "no guest was to run there", false}, 0, 0});
  }
  std::sort(proof.groups.begin(), proof.groups.end(),
            [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
  if (record->slowest && snapshot.online().Contains(record->slowest->cpu)) {
    proof.slowest = record->slowest;
  }
  return proof;
}

}  // namespace vtprobe
