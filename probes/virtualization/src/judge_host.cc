// From the CPUs to the host: what all agree on, what one proves, and what
// stays open.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "attribution.h"
#include "before_system.h"
#include "judge_cpu.h"
#include "seen_guests.h"
#include "vtprobe/probes/virtualization.h"
#include "vtprobe/registers/cpuid.h"
#include "vtprobe/registers/msr.h"
#include "vtprobe/registers/table.h"
#include "words.h"

namespace vtprobe {
namespace {

// Evidence of a group is what all its CPUs read.
void KeepCommonEvidence(const VirtualizationGroup& more, VirtualizationGroup* group) {
  std::erase_if(group->evidence, [&](const Evidence& evidence) {
    return std::find(more.evidence.begin(), more.evidence.end(), evidence) == more.evidence.end();
  });
}

// Gathers the verdicts of CPUs, in ascending order, into groups. CPUs that
// differ in something the verdict does not rest on are one group; the first
// entry of the evidence is what it rests on most. O(CPUs x log CPUs), since a
// recording may give each of 65,536 CPUs a value of its own.
class Groups {
 public:
  void Add(VirtualizationGroup group) {
    groups_.push_back(std::move(group));
    const auto [found, added] = known_.insert(groups_.size() - 1);
    if (added) {
      more_cpus_.emplace_back();
      return;
    }
    KeepCommonEvidence(groups_.back(), &groups_[*found]);
    const auto& ranges = groups_.back().cpus.ranges();
    more_cpus_[*found].insert(more_cpus_[*found].end(), ranges.begin(), ranges.end());
    groups_.pop_back();
  }

  std::vector<VirtualizationGroup> Take() && {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (more_cpus_[i].empty()) continue;
      groups_[i].cpus = groups_[i].cpus.Union(CpuSet(std::move(more_cpus_[i])));
    }
    return std::move(groups_);
  }

 private:
  static auto KeyOf(const VirtualizationGroup& group) {
    std::string_view register_name;
    RegisterReading value;
    if (!group.evidence.empty()) {
      register_name = group.evidence.front().register_name();
      value = group.evidence.front().value;
    }
    const std::string_view note = group.note;
    return std::tuple(value, register_name, group.technology, group.state, group.usable,
                      group.attribution, group.unread, note);
  }

  struct IsBefore {
    bool operator()(std::size_t a, std::size_t b) const {
      return KeyOf((*groups)[a]) < KeyOf((*groups)[b]);
    }
    const std::vector<VirtualizationGroup>* groups;
  };

  std::vector<VirtualizationGroup> groups_;
  std::vector<std::vector<CpuSet::Range>> more_cpus_;  // of each group
  std::set<std::size_t, IsBefore> known_{IsBefore{&groups_}};
};

VirtualizationGroup JudgeRow(const std::optional<SwitchQuestion>& question, SnapshotRow&& row,
                             const Context& context) {
  VirtualizationGroup group = question ? JudgeSwitch(*question, row.Msr(question->address), context)
                                       : JudgeWithoutSwitch(row, context);
  group.cpus = std::move(row).cpus();
  return group;
}

std::vector<VirtualizationGroup> JudgeAll(const PlatformSnapshot& snapshot,
                                          const Selection& selection, const Context& context) {
  Groups groups;
  std::vector<std::optional<std::optional<SwitchQuestion>>> questions;  // by class
  for (SnapshotRow& row : snapshot.Rows(selection)) {
    questions.resize(std::max(questions.size(), row.cpuid_class() + 1));
    auto& question = questions[row.cpuid_class()];
    if (!question) question = AskSwitch(row, context);
    groups.Add(JudgeRow(*question, std::move(row), context));
  }
  return std::move(groups).Take();
}

// What rows are made by: all that the verdict looks at, or of the MSRs the switch alone.
// Putting it together takes a good part of what judging a small machine does, so that it is
// done once.
struct Selections {
  const Selection& With(const SwitchQuestion& question) const {
    return question.address == registers::kVmCr.address ? with_vm_cr : with_feature_control;
  }

  Selection all = VirtualizationRegisters();
  Selection with_feature_control{all.cpuid, {registers::kFeatureControl.address}};
  Selection with_vm_cr{all.cpuid, {registers::kVmCr.address}};
};

// The CPUs of a host mostly differ in nothing but the value of the switch, if
// in that. Then rows by that switch are the groups.
std::vector<VirtualizationGroup> JudgeGroups(const PlatformSnapshot& snapshot,
                                             const Context& context) {
  if (snapshot.online().empty()) return {};
  static const Selections kSelections;
  const auto question = AskSwitch(SnapshotCpu(snapshot, snapshot.online().First()), context);
  if (!question) return JudgeAll(snapshot, kSelections.all, context);
  std::vector<SnapshotRow> rows = snapshot.Rows(kSelections.With(*question));
  const bool is_one_class = std::all_of(
      rows.begin(), rows.end(), [](const SnapshotRow& row) { return row.cpuid_class() == 0; });
  if (!is_one_class) return JudgeAll(snapshot, kSelections.all, context);
  std::vector<VirtualizationGroup> groups;
  groups.reserve(rows.size());
  for (SnapshotRow& row : rows) groups.push_back(JudgeRow(question, std::move(row), context));
  return groups;
}

bool ProvenFailing(const VirtualizationGroup& group) {
  return group.state != State::kIndeterminate && group.usable <= Usable::kNotYet;
}

// The groups that decide: all, unless one proves the host failing; then what
// could not be read elsewhere changes nothing.
std::vector<const VirtualizationGroup*> Counted(const std::vector<VirtualizationGroup>& groups) {
  const bool proven = std::any_of(groups.begin(), groups.end(), ProvenFailing);
  std::vector<const VirtualizationGroup*> counted;
  for (const VirtualizationGroup& group : groups) {
    if (!proven || group.state != State::kIndeterminate) counted.push_back(&group);
  }
  return counted;
}

State CombineStates(const std::vector<const VirtualizationGroup*>& counted) {
  State state = counted.front()->state;
  for (const VirtualizationGroup* const group : counted) {
    if (group->state == State::kIndeterminate) return State::kIndeterminate;
    if (group->state != state) state = State::kInconsistent;
  }
  return state;
}

// What one CPU offers is the machine's. It is kNone only if no CPU leaves it
// open.
Technology CombineTechnologies(const std::vector<const VirtualizationGroup*>& counted) {
  Technology technology = Technology::kNone;
  for (const VirtualizationGroup* const group : counted) {
    if (group->technology == Technology::kVtx || group->technology == Technology::kSvm) {
      return group->technology;
    }
    if (group->technology == Technology::kUnknown) technology = Technology::kUnknown;
  }
  return technology;
}

void CombineAttributions(const std::vector<const VirtualizationGroup*>& counted,
                         VirtualizationVerdict* verdict) {
  const VirtualizationGroup* first = nullptr;
  for (const VirtualizationGroup* const group : counted) {
    if (group->usable != verdict->usable) continue;
    if (first == nullptr) {
      first = group;
      verdict->attribution = group->attribution;
      verdict->attribution_reason = group->attribution_reason;
      continue;
    }
    verdict->attribution = Combine(verdict->attribution, group->attribution);
    if (group->attribution_reason != verdict->attribution_reason) {
      verdict->attribution_reason.clear();
    }
  }
}

// How many logical CPUs the processor has, if its CPUID tells of more than the
// snapshot covers: a transcribed value mostly stands for one CPU of many. A
// guest's topology is its hypervisor's invention.
std::optional<std::uint32_t> MoreCpus(const PlatformSnapshot& snapshot, const RegisterView& cpu) {
  if (registers::Read(cpu, registers::kHypervisor).value_or(1) != 0) return std::nullopt;
  // The core level of leaf 0xB counts the package. [intel/sdm-vol2] CPUID
  const auto level = OutputOf(cpu.Cpuid({0xb, 1}), CpuidRegister::kEbx);
  if (registers::LeafPresence(cpu, 0xb) == Presence::kAbsent || !level) return std::nullopt;
  const std::uint32_t in_package = *level & 0xffff;
  const std::size_t covered = snapshot.online().Count() + snapshot.offline().Count();
  return in_package > covered ? std::optional(in_package) : std::nullopt;
}

JudgedMachine DescribeMachine(const PlatformSnapshot& snapshot) {
  JudgedMachine machine;
  machine.online = snapshot.online();
  machine.offline = snapshot.offline();
  if (snapshot.online().empty()) return machine;
  const SnapshotCpu cpu(snapshot, snapshot.online().First());
  if (const auto vendor = registers::ReadVendor(cpu)) machine.vendor = *vendor;
  machine.hypervisor = HypervisorName(cpu);
  machine.more_cpus = MoreCpus(snapshot, cpu);
  machine.guest_protection = GuestProtection(cpu);
  const auto extension = snapshot.metadata().Get(meta::kKvmExtension);
  if (extension == "vmx") machine.kvm_runs_with = Technology::kVtx;
  if (extension == "svm") machine.kvm_runs_with = Technology::kSvm;
  if (const auto provider = snapshot.metadata().Get(meta::kKvmProvider)) {
    machine.kvm_provider = std::string(*provider);
  }
  return machine;
}

}  // namespace

Selection VirtualizationRegisters() {
  Selection selection = registers::FeatureRegisters();
  selection.Add(CpuidLeaf{0x4000'0000});
  selection.Add(registers::kFeatureControl.address);
  selection.Add(registers::kVmCr.address);
  selection.Add(registers::kSevStatus.address);
  return selection;
}

VirtualizationVerdict JudgeVirtualization(const PlatformSnapshot& snapshot,
                                          const PlatformSnapshot* before_system) {
  const Context context = ContextOf(snapshot);
  VirtualizationVerdict verdict;
  verdict.partition = context.partition;
  verdict.machine = DescribeMachine(snapshot);
  verdict.groups = JudgeGroups(snapshot, context);
  if (before_system != nullptr) {
    verdict.groups = AttributeByWhatWasBefore(std::move(verdict.groups), *before_system);
  }
  if (!verdict.groups.empty()) {
    const auto counted = Counted(verdict.groups);
    verdict.state = CombineStates(counted);
    verdict.technology = CombineTechnologies(counted);
    verdict.usable =
        (*std::min_element(counted.begin(), counted.end(), [](const auto* a, const auto* b) {
          return a->usable < b->usable;
        }))->usable;
    CombineAttributions(counted, &verdict);
  }
  DecideByWords(snapshot.metadata(), &verdict);
  HoldAgainstGuests(snapshot, &verdict);
  return verdict;
}

int ExitCode(const VirtualizationVerdict& verdict) {
  if (verdict.guests && verdict.guests->IsFailure()) return 1;
  switch (verdict.state) {
    case State::kUnsupported:
      return 3;
    case State::kHiddenByHypervisor:
      return 2;
    case State::kContradictory:
    case State::kIndeterminate:
      // Guests ran, and their CPUs' switch is not known.
      if (verdict.usable == Usable::kYes) return 0;
      // Somebody says that it can't be used, and not why.
      return verdict.usable == Usable::kNo ? 1 : 2;
    case State::kInconsistent:
      return 1;
    case State::kInUse:
    case State::kEnabled:
    case State::kEnabledUnlocked:
    case State::kEnabledInSmxOnly:
    case State::kDisabledLocked:
    case State::kDisabledUnlocked:
    case State::kDisabledNeedsKey:
    case State::kUnlocked:
      return verdict.usable == Usable::kYes ? 0 : 1;
  }
  return 2;
}

}  // namespace vtprobe
