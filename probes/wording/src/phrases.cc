#include "phrases.h"

#include <algorithm>
#include <utility>

namespace vtprobe::phrases {

std::string TechnologyName(const VirtualizationVerdict& verdict) {
  switch (verdict.technology) {
    case Technology::kVtx:
      return verdict.machine.vendor == Vendor::kIntel ? "Intel VT-x" : "VT-x";
    case Technology::kSvm:
      return verdict.machine.vendor == Vendor::kAmd ? "AMD-V (SVM)" : "SVM";
    case Technology::kNone:
    case Technology::kUnknown:
      return "Hardware virtualization";
  }
  return {};
}

std::string ThisSystem(const VirtualizationVerdict& verdict) {
  if (verdict.partition) return std::string(verdict.partition->name);
  if (!verdict.machine.guest_protection) return "this guest";
  return "this " + std::string(*verdict.machine.guest_protection) + " guest";
}

std::string Quotation(const QuotedWords& quoted) {
  return std::string(Name(quoted.speaker)) + " says \"" + quoted.words + "\".";
}

CpuSet Unread(const VirtualizationVerdict& verdict) {
  std::vector<CpuSet::Range> ranges;
  for (const VirtualizationGroup& group : verdict.groups) {
    if (group.state != State::kIndeterminate) continue;
    ranges.insert(ranges.end(), group.cpus.ranges().begin(), group.cpus.ranges().end());
  }
  return CpuSet(std::move(ranges));
}

bool IsKnownInPart(const VirtualizationGroup& group) {
  return group.unread && !group.evidence.empty() && group.evidence.front().value.IsPartial();
}

std::string_view Plain(State state) {
  switch (state) {
    case State::kEnabled:
      return "enabled and locked";
    case State::kEnabledUnlocked:
      return "enabled, not locked";
    case State::kEnabledInSmxOnly:
      return "enabled under a measured launch only, and locked";
    case State::kDisabledLocked:
      return "disabled and locked";
    case State::kDisabledUnlocked:
      return "disabled, not locked";
    case State::kDisabledNeedsKey:
      return "disabled and locked with a key";
    case State::kUnlocked:
      return "not locked";
    case State::kUnsupported:
      return "without the extension";
    case State::kInUse:
      return "in use by the hypervisor that runs this system";
    case State::kHiddenByHypervisor:
      return "hidden by the hypervisor";
    case State::kContradictory:
      return "contradictory";
    case State::kInconsistent:
    case State::kIndeterminate:
      return "not known";
  }
  return {};
}

std::string_view Who(Attribution attribution) {
  switch (attribution) {
    case Attribution::kFirmware:
      return "firmware";
    case Attribution::kKernel:
      return "the kernel";
    case Attribution::kFirmwareOrKernel:
      return "firmware or the kernel";
    case Attribution::kHypervisor:
      return "the hypervisor";
    case Attribution::kUnknown:
      return "someone unknown";
  }
  return {};
}

void AddOnce(std::vector<std::string>* sentences, std::string sentence) {
  if (sentence.empty()) return;
  if (std::find(sentences->begin(), sentences->end(), sentence) == sentences->end()) {
    sentences->push_back(std::move(sentence));
  }
}

}  // namespace vtprobe::phrases
