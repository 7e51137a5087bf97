// Guests against registers. A guest decides where no register does, and never makes
// an answer better than a register that was read: who says no and is contradicted is
// named, and stays.

#include "seen_guests.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "vtprobe/hal/cpu_gathering.h"
#include "vtprobe/proof/recorded_proof.h"

namespace vtprobe {
namespace {

SeenGuests::Needs NeedsOf(const GuestProvider& provider) {
  switch (provider.needs) {
    case GuestProvider::Needs::kVmx:
      return SeenGuests::Needs::kVmx;
    case GuestProvider::Needs::kSvm:
      return SeenGuests::Needs::kSvm;
    case GuestProvider::Needs::kNothing:
    case GuestProvider::Needs::kUnknown:
      return SeenGuests::Needs::kNothing;
  }
  return SeenGuests::Needs::kNothing;
}

SeenGuests SeenBy(const Proof& proof) {
  CpuGathering ran;
  CpuGathering refused;
  CpuGathering wrong;
  for (const ProofGroup& group : proof.groups) {
    switch (group.run.outcome) {
      case GuestOutcome::kRan:
        ran.Add(group.cpus);
        break;
      case GuestOutcome::kRefused:
        if (!group.run.is_busy) refused.Add(group.cpus);
        break;
      case GuestOutcome::kWrong:
        wrong.Add(group.cpus);
        break;
      case GuestOutcome::kNotAsked:
        break;
    }
  }
  return {.provider = proof.provider.name,
          .needs = NeedsOf(proof.provider),
          .ran = ran.Together(),
          .refused = refused.Together(),
          .wrong = wrong.Together()};
}

Technology TechnologyOf(SeenGuests::Needs needs) {
  switch (needs) {
    case SeenGuests::Needs::kVmx:
      return Technology::kVtx;
    case SeenGuests::Needs::kSvm:
      return Technology::kSvm;
    case SeenGuests::Needs::kNothing:
      return Technology::kUnknown;
  }
  return Technology::kUnknown;
}

// The extension is there and its switch was not read, or is not there: what the
// registers leave open.
bool IsOpen(const VirtualizationGroup& group, Technology technology) {
  const bool may_be_it = group.technology == Technology::kUnknown || group.technology == technology;
  return may_be_it && group.usable == Usable::kUnknown &&
         (group.state == State::kIndeterminate || group.state == State::kContradictory);
}

class Held {
 public:
  explicit Held(SeenGuests* guests)
      : guests_(*guests),
        technology_(TechnologyOf(guests->needs)),
        failed_(guests->refused.Union(guests->wrong)) {}

  void Add(VirtualizationGroup group) {
    const CpuSet ran = group.cpus.Intersection(guests_.ran);
    if (IsOpen(group, technology_)) {
      Part(ran, Usable::kYes, &guests_.proven, &group);
    } else if (group.usable != Usable::kYes || group.technology != technology_) {
      guests_.contradicted = guests_.contradicted.Union(ran);
    }
    if (group.usable == Usable::kYes || group.usable == Usable::kUnknown) {
      Part(group.cpus.Intersection(failed_), Usable::kNo, &guests_.disproven, &group);
    }
    if (!group.cpus.empty()) groups_.push_back(std::move(group));
  }

  std::vector<VirtualizationGroup> Take() && {
    std::sort(groups_.begin(), groups_.end(),
              [](const auto& a, const auto& b) { return a.cpus.First() < b.cpus.First(); });
    return std::move(groups_);
  }

 private:
  // Makes these CPUs of the group one of their own, of which guests decided.
  void Part(const CpuSet& cpus, Usable usable, CpuSet* decided, VirtualizationGroup* group) {
    if (cpus.empty()) return;
    VirtualizationGroup part = *group;
    part.cpus = cpus;
    part.usable = usable;
    if (part.technology == Technology::kUnknown) part.technology = technology_;
    groups_.push_back(std::move(part));
    group->cpus = group->cpus.Difference(cpus);
    *decided = decided->Union(cpus);
  }

  SeenGuests& guests_;
  const Technology technology_;
  const CpuSet failed_;
  std::vector<VirtualizationGroup> groups_;
};

// What all groups come to, once guests have decided some: open CPUs that are left keep
// the host's answer as it was.
void Combine(const SeenGuests& guests, VirtualizationVerdict* verdict) {
  if (!guests.disproven.empty()) {
    verdict->usable = Usable::kNo;
    verdict->quoted.reset();
  }
  const bool all_yes = std::all_of(verdict->groups.begin(), verdict->groups.end(),
                                   [](const auto& group) { return group.usable == Usable::kYes; });
  if (guests.proven.empty() || !all_yes) return;
  // Words are older than what was just seen.
  if (verdict->quoted) {
    verdict->quoted.reset();
    verdict->state = State::kIndeterminate;
    verdict->attribution = Attribution::kUnknown;
    verdict->attribution_reason.clear();
  }
  verdict->usable = Usable::kYes;
  std::set<State> known;
  for (const VirtualizationGroup& group : verdict->groups) {
    if (group.state != State::kIndeterminate) known.insert(group.state);
  }
  if (known.size() > 1) verdict->state = State::kInconsistent;
}

}  // namespace

void HoldAgainstGuests(const PlatformSnapshot& snapshot, VirtualizationVerdict* verdict) {
  const auto proof = RecordedProof(snapshot);
  if (!proof) return;
  SeenGuests guests = SeenBy(*proof);
  if (guests.needs != SeenGuests::Needs::kNothing) {
    Held held(&guests);
    for (VirtualizationGroup& group : verdict->groups) held.Add(std::move(group));
    verdict->groups = std::move(held).Take();
    if (verdict->technology == Technology::kUnknown && !guests.proven.empty()) {
      verdict->technology = TechnologyOf(guests.needs);
    }
    Combine(guests, verdict);
  }
  verdict->guests = std::move(guests);
}

}  // namespace vtprobe
