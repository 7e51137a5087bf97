// Why the verdict is what it is, for somebody who wants to know.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "virtualization/phrases.h"
#include "virtualization/wording.h"

namespace vtprobe {
namespace {

using phrases::AddOnce;
using phrases::Cpus;
using phrases::Who;

std::string Meaning(const VirtualizationVerdict& verdict) {
  switch (verdict.state) {
    case State::kEnabled:
      if (verdict.usable == Usable::kYes) {
        return "The switch is on and locked: an operating system can use it, and nothing can "
               "change it until the next reset.";
      }
      return "Under a measured launch (tboot) VMXON needs VMX_IN_SMX, which is clear and locked; "
             "Linux gives VT-x up then.";
    case State::kEnabledUnlocked:
      return "SVM is on; as VM_CR.LOCK is clear, any ring-0 code can still disable it.";
    case State::kEnabledInSmxOnly:
      if (verdict.usable == Usable::kYes) {
        return "VMX_IN_SMX is set and VMX_OUTSIDE_SMX clear, which is enough under a measured "
               "launch.";
      }
      return "VMX_IN_SMX is set and VMX_OUTSIDE_SMX clear: VMXON works only after Intel TXT has "
             "started a measured launch with GETSEC[SENTER], as tboot does. An ordinary "
             "operating system finds VT-x switched off, and the lock holds until reset.";
    case State::kDisabledLocked:
      return verdict.technology == Technology::kSvm
                 ? "VM_CR.SVMDIS is set and locked, and this CPU has no key that undoes it; "
                   "CPUID keeps offering SVM all the same."
                 : "The lock is set with both VMX bits clear, so VMXON faults until the next "
                   "reset; CPUID keeps offering VMX all the same.";
    case State::kDisabledNeedsKey:
      return "VM_CR.SVMDIS is set and locked: only the 64-bit key that firmware wrote to SVM_KEY "
             "undoes it (the register reads 0 whether there is a key or not); CPUID keeps "
             "offering SVM all the same.";
    case State::kDisabledUnlocked:
      return "VM_CR.SVMDIS is set but not locked: ring-0 code may clear it; CPUID keeps offering "
             "SVM all the same.";
    case State::kUnlocked:
      return "VMXON faults until the lock is set, whatever the other bits say. Linux 5.6 and "
             "newer discard what firmware left and lock it themselves; Windows does not.";
    case State::kUnsupported:
      return "CPUID offers neither VT-x nor SVM. Some firmware and some SKUs hide the bit "
             "itself, and software can't tell that from a CPU without the extension.";
    case State::kHiddenByHypervisor:
      return "This is a guest, and its CPUID shows no virtualization. That says nothing about "
             "the "
             "host, its CPU or its firmware.";
    case State::kContradictory:
      return "What CPUID says and what the register does exclude each other on real hardware: a "
             "hypervisor that hides itself, or a defect, may be behind it.";
    case State::kInconsistent:
      return "A hypervisor needs the extension on every CPU: KVM refuses a host on the first bad "
             "one, and which one it names is chance.";
    case State::kIndeterminate:
      return "A value that was not read is not a value, so there is no verdict.";
  }
  return {};
}

}  // namespace

std::string Explanation(const WordingInput& input, const VirtualizationVerdict& verdict) {
  std::vector<std::string> sentences{Meaning(verdict)};
  // A sentence that names a group's CPUs is like no other; only notes repeat.
  for (const VirtualizationGroup& group : verdict.groups) {
    AddOnce(&sentences, group.note);
    if (group.unread) {
      sentences.push_back(fmt::format("{}: {}.", Cpus(group.cpus), Describe(*group.unread)));
    }
    if (verdict.groups.size() > 1 && !group.attribution_reason.empty()) {
      sentences.push_back(fmt::format("{}: set by {}: {}.", Cpus(group.cpus),
                                      Who(group.attribution), group.attribution_reason));
    }
  }
  if (verdict.groups.size() == 1 && !verdict.attribution_reason.empty()) {
    sentences.push_back(
        fmt::format("Set by {}: {}.", Who(verdict.attribution), verdict.attribution_reason));
  }
  if (!input.offline.empty()) {
    sentences.push_back(fmt::format("{} {} offline and not judged.", Cpus(input.offline),
                                    input.offline.Count() == 1 ? "is" : "are"));
  }
  if (input.more_cpus) {
    sentences.push_back(
        fmt::format("This covers {} of the processor's {} logical CPUs and "
                    "answers for {} only.",
                    input.online.Count() + input.offline.Count(), *input.more_cpus,
                    input.online.Count() == 1 ? "that one" : "those"));
  }
  return fmt::format("{}", fmt::join(sentences, " "));
}

}  // namespace vtprobe
